// Numbers as the server prints them, see engine/words.py: few digits, true powers of ten, a real minus sign.
const RAISED = Object.fromEntries([..."-0123456789"].map((low, i) => [low, [..."⁻⁰¹²³⁴⁵⁶⁷⁸⁹"][i]]));
const trimmed = (text) => (text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text);
const minus = (text) => text.replace("-", "−");

function number(value, digits = 3) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  if (power >= -4 && power < Math.max(digits, 5)) {
    const rounded = Number(value.toPrecision(digits));
    return minus(trimmed(rounded.toFixed(Math.max(0, digits - 1 - power))));
  }
  const raised = [...String(power)].map((low) => RAISED[low]).join("");
  const short = trimmed(mantissa);
  if (short === "1" || short === "-1") return minus(`${short.slice(0, -1)}10${raised}`);
  return `${minus(short)}·10${raised}`;
}

// a number with as many digits as it takes to see how far its size is from 1
function nearOne(value) {
  const gap = Math.abs(1 - Math.abs(value));
  return number(value, gap > 1e-12 && gap < 0.1 ? 2 - Math.floor(Math.log10(gap)) : 3);
}

function percent(share) {
  const gap = Math.abs(1 - share);
  return `${number(100 * share, gap > 1e-12 && gap < 0.005 ? 1 - Math.floor(Math.log10(gap)) : 3)} %`;
}

// a power of ten for an axis whose numbers would be too long, with its text; 1 and none where they are not
function unitFor(reach) {
  const power = Math.floor(Math.log10(reach));
  if (!(reach > 0) || (power >= -1 && power < 3)) return [1, ""];
  return [10 ** power, `, in ${number(10 ** power, 1)}`];
}
