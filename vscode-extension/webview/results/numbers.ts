/** Numbers as people read them. Those that the server has worded come as texts. */

const SHORT = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 3 });
const PERCENT = new Intl.NumberFormat("en-GB", { style: "percent", maximumFractionDigits: 1 });

/** A unit and how many of the basic unit it is. */
export interface Unit {
  name: string;
  scale: number;
}

const WATT_HOURS: Unit[] = [
  { name: "kWh", scale: 1000 },
  { name: "Wh", scale: 1 },
  { name: "mWh", scale: 1e-3 },
  { name: "µWh", scale: 1e-6 },
];

/** The unit in which a largest energy, in watt-hours, is a handy number. */
export function energyUnit(largest: number): Unit {
  return WATT_HOURS.find(({ scale }) => largest >= scale) ?? { name: "mWh", scale: 1e-3 };
}

export function short(value: number | null): string {
  return value === null ? "–" : SHORT.format(value);
}

export function percent(share: number | null): string {
  return share === null ? "–" : PERCENT.format(share).replace("%", " %");
}

/** How an energy in watt-hours is told, with its unit and so many digits. */
export function energyTo(digits: number): (wh: number | null) => string {
  const format = rounded(digits);
  return (wh) => {
    if (wh === null) return "–";
    const { name, scale } = energyUnit(Number(wh.toPrecision(digits))); // 999.6 mWh are 1.0 Wh
    return wh === 0 ? "0 Wh" : `${format(wh / scale)} ${name}`;
  };
}

/** How a power in watts is told, with so many digits. */
export function wattsTo(digits: number): (watts: number | null) => string {
  const format = rounded(digits);
  return (watts) => (watts === null ? "–" : `${format(watts)} W`);
}

/** Numbers with so many significant digits; those beyond are zeros, as in 63 and 6,300. */
function rounded(digits: number): (value: number) => string {
  const format = new Intl.NumberFormat("en-GB", {
    minimumSignificantDigits: digits,
    maximumSignificantDigits: digits,
  });
  return (value) => (value === 0 ? "0" : format.format(value));
}
