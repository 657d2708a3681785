/** The editor around a page: takes its messages, and keeps its state through a reload of the window. */
export interface VsCode<Message, State> {
  postMessage(message: Message): void;
  getState(): State | undefined;
  setState(state: State): void;
}

declare global {
  function acquireVsCodeApi<Message, State>(): VsCode<Message, State>;
}
