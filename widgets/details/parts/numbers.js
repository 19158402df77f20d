// Numbers as the server prints them, see engine/words.py: few digits, true powers of ten, a real minus sign.
const RAISED = Object.fromEntries([..."-0123456789"].map((low, i) => [low, [..."⁻⁰¹²³⁴⁵⁶⁷⁸⁹"][i]]));
const trimmed = (text) => (text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text);
const minus = (text) => text.replace("-", "−");

function number(value, digits = 3) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const [mantissa, exponent] = rounded(value, digits);
  const power = Number(exponent);
  if (power >= -4 && power < Math.max(digits, 5))
    return minus(trimmed(Number(`${mantissa}e${power}`).toFixed(Math.max(0, digits - 1 - power))));
  const raised = [...String(power)].map((low) => RAISED[low]).join("");
  const short = trimmed(mantissa);
  if (short === "1" || short === "-1") return minus(`${short.slice(0, -1)}10${raised}`);
  return `${minus(short)}·10${raised}`;
}

// mantissa and power of ten; half of the last digit goes to the even one, as on the server, where browsers round it up
function rounded(value, digits) {
  const [long, power] = value.toExponential(digits + 20).split("e");
  const [kept, rest] = [long.slice(0, -21), long.slice(-21)];
  if (/[02468]\.?$/.test(kept) && rest === `5${"0".repeat(20)}`) return [kept, power];
  return value.toExponential(digits - 1).split("e");
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
