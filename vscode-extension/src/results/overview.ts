/** All that the server tells of one run, in answer to `cnngen/run`: what its `cnngen.runtime.overview` makes. */

export interface Overview {
  id: string;
  name: string;
  status: string;
  message: string | null;
  began_utc: string | null;
  ended_utc: string | null;
  network_hash: string | null;
  epochs_planned: number | null;
  epochs_executed: number | null;
  figures: Figure[];
  history: Epoch[];
  phases: Phase[];
  components: Component[];
  power: PowerPoint[];
  power_thinned_from: number | null;
  /** What the run and those that repeat it come to together; null for a run of its own. */
  group: Group | null;
  caveats: string[];
  files: { name: string; what: string }[];
  repeat: string | null;
}

/**
 * A headline figure. `source` is the weakest that has a part in it: measured, modelled, constant or absent, and null where
 * it is not about energy. `source_text` names all sources with their shares: "31 % modelled, 69 % constant".
 */
export interface Figure {
  key: string;
  label: string;
  value: number | null;
  unit: string;
  text: string;
  source: string | null;
  source_text: string | null;
  how: string | null;
}

export interface Epoch {
  epoch: number;
  loss: number | null;
  accuracy: number | null;
  val_loss: number | null;
  val_accuracy: number | null;
  train_duration_s: number | null;
  train_energy_wh: number | null;
}

export interface Phase {
  phase: string;
  label: string;
  duration_s: number;
  cpu_wh: number | null;
  gpu_wh: number | null;
  ram_wh: number | null;
  total_wh: number | null;
}

/** Repeated runs: what is told of them together, as label and text. It changes while `status` is "running". */
export interface Group {
  status: string;
  rows: { label: string; text: string }[];
}

/** Where the watts of a component come from; `share` is its share of the training's energy. */
export interface Component {
  component: "cpu" | "gpu" | "ram";
  source: string;
  how: string;
  share: number | null;
}

export interface PowerPoint {
  time_s: number;
  phase: string;
  epoch: number | null;
  cpu_w: number | null;
  gpu_w: number | null;
  ram_w: number | null;
}
