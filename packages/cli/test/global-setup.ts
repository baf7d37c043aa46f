import { join } from 'node:path'
import { Program } from 'test-support/program'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The path of the `udpng` command. */
    udpng: string
  }
}

/** Makes the `udpng` command once for all files of tests, and removes it after them. */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  const program = await Program.make(join(import.meta.dirname, '..'), 'bin')
  provide('udpng', program.path)
  return () => program[Symbol.dispose]()
}
