import { closeSync, openSync } from 'node:fs'
import { nativeTransport } from '../src/index.js'

// Needs the native transport while no more files can be opened, and again once one can.

/** How the transport answers. */
function answer(): string {
  try {
    return nativeTransport().name
  } catch (error) {
    return (error as Error).message
  }
}

const files: number[] = []
try {
  while (files.length < 10_000) files.push(openSync('/dev/null', 'r'))
} catch {
  // Now there are no more.
}
const without = answer()
for (const file of files) closeSync(file)
console.log(JSON.stringify([without, answer()]))
process.exit()
