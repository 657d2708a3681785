/** The families of layers that have a colour of their own, in the order of the legend. */
export const FAMILIES: Record<string, readonly string[]> = {
  input: ["input"],
  convolution: ["conv", "sepconv", "upconv"],
  normalisation: ["batch_norm"],
  pooling: ["avg_pooling", "max_pooling", "global_avg_pooling", "global_max_pooling"],
  join: ["add", "concat"],
  dense: ["dense"],
  other: [],
};

export function family(kind: string): string {
  return Object.entries(FAMILIES).find(([, kinds]) => kinds.includes(kind))?.[0] ?? "other";
}
