import type { Numbers } from './worker.js'

/** In a worker: tells its numbers. */
export function tell(numbers: Numbers): void {
  process.send?.(numbers)
}

/** In a worker: gives answers to the words that it is told, with the numbers that they need. */
export function answer(
  answers: Readonly<Record<string, (told: Numbers) => Numbers | Promise<Numbers>>>,
): void {
  process.on('message', async ([word, told]: [string, Numbers]) => {
    const give = answers[word]
    if (!give) throw new Error(`nobody answers to ${word}`)
    tell(await give(told))
  })
}

/** The time now and the CPU time that this process has used, milliseconds. */
export function times(): { readonly nowMs: number; readonly cpuMs: number } {
  const { user, system } = process.cpuUsage()
  return { nowMs: performance.now(), cpuMs: (user + system) / 1000 }
}
