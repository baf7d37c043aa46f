/**
 * Writes to standard output, and waits until it is taken.
 *
 * @throws rejects with the system's error; `EPIPE` when nobody reads any more
 */
export function printOut(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  })
}
