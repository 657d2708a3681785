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

/** An energy in watt-hours with its unit. */
export function energy(wh: number | null): string {
  if (wh === null) return "–";
  const { name, scale } = energyUnit(wh);
  return wh === 0 ? "0 Wh" : `${SHORT.format(wh / scale)} ${name}`;
}
