// A message is one run of bytes: length of the header (uint32), header (JSON, padded to 4 bytes), float32 arrays.
function decode(data) {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  const buffer = bytes.slice().buffer; // a copy starts at offset 0, which float32 views need
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const base = 4 + length;
  header.arrays = Object.fromEntries(
    Object.entries(header.arrays).map(([name, [offset, size]]) => [
      name,
      new Float32Array(buffer, base + 4 * offset, size),
    ]),
  );
  return header;
}

// Replace every "@name" by the palette's colour and every {"$": name, rows} by its array.
function resolve(spec, palette, arrays) {
  if (typeof spec === "string") return spec.startsWith("@") ? palette[spec.slice(1)] : spec;
  if (Array.isArray(spec)) return spec.map((item) => resolve(item, palette, arrays));
  if (spec === null || typeof spec !== "object") return spec;
  if ("$" in spec) return split(arrays[spec.$], spec.rows);
  return Object.fromEntries(Object.entries(spec).map(([key, value]) => [key, resolve(value, palette, arrays)]));
}

function split(array, rows) {
  if (!rows) return array;
  const width = array.length / rows;
  return Array.from({ length: rows }, (_, r) => array.subarray(r * width, (r + 1) * width));
}

// Text with a_{b} as a subscript; nothing in it is ever read as markup.
function rich(element, text) {
  if (element.written === text) return;
  element.written = text;
  element.replaceChildren(
    ...text.split(/(_\{[^}]*\})/).map((part) => {
      if (!part.startsWith("_{")) return document.createTextNode(part);
      const low = document.createElement("sub");
      low.textContent = part.slice(2, -1);
      return low;
    }),
  );
}

// A verdict travels as places in the header's texts.
function readVerdict(places, texts) {
  const [status, sentence, label, badgeStatus, badge, yardstick, ...facts] = places.map((place) => texts[place]);
  const rows = facts.length / 3;
  return {
    status,
    sentence,
    label,
    badge: { status: badgeStatus, text: [badge, yardstick].filter(Boolean).join("; ") },
    facts: Array.from({ length: rows }, (_, i) => facts.slice(3 * i, 3 * i + 3)),
  };
}

// text for those who hear it: nothing stands lower
const aloud = (text) => text.replace(/_\{([^}]*)\}/g, "$1");

// What a picture shows, with the finding of this moment: alt ends with one that was known when it was written.
function toldBy(alt, known, now) {
  const last = known.filter((finding) => finding && alt.endsWith(finding)).sort((a, b) => b.length - a.length)[0] ?? "";
  return aloud(`${alt.slice(0, alt.length - last.length).trim()} ${now}`);
}

// how many times their usual size letters, lines and figures have; for a projector it is more than one
function enlarged() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

function make(tag, className, attributes = {}) {
  const element = document.createElement(tag);
  element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
