import { Exit } from './failure.js'

/**
 * Writes to standard output, and waits until it is taken.
 *
 * @throws {Exit} with exit code 0 when nobody reads any more (`| head -1`); rejects with any other failure of the output
 */
export async function printOut(text: string): Promise<void> {
  const { stdout } = process
  // The failure comes as an event too, which without a listener would end the process.
  const ignore = (): void => {}
  stdout.once('error', ignore)
  await new Promise<void>((resolve, reject) => {
    stdout.write(text, (error) => {
      if (!error) return resolve()
      const gone = (error as NodeJS.ErrnoException).code === 'EPIPE'
      reject(gone ? new Exit(0) : new Error(`cannot write: ${error.message}`, { cause: error }))
    })
  })
  stdout.off('error', ignore)
}
