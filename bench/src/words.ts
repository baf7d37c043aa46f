import type { Numbers } from './worker.js'

/** In a worker: sends its numbers to the parent. */
export function tell(numbers: Numbers): void {
  process.send?.(numbers)
}

/** In a worker: answers the requests of the parent, each a word with the numbers that it needs. */
export function answer(
  answers: Readonly<Record<string, (told: Numbers) => Numbers | Promise<Numbers>>>,
): void {
  process.on('message', async ([word, told]: [string, Numbers]) => {
    const give = answers[word]
    if (!give) throw new Error(`unknown request ${word}`)
    tell(await give(told))
  })
}

/** The time now and the CPU time that this process has used, milliseconds. */
export function times(): { readonly nowMs: number; readonly cpuMs: number } {
  const { user, system } = process.cpuUsage()
  return { nowMs: performance.now(), cpuMs: (user + system) / 1000 }
}
