/** What the page may do, whatever the file says: show itself. Its pictures are inside of it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** A run's report as a page of the editor: with the editor's own policy before the file's, and `look` after its style. */
export function framed(report: string, look: string): string {
  const policy = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
  return report.replace(/<head>/i, () => `<head>${policy}`).replace(/<\/head>/i, () => `<style>${look}</style></head>`);
}
