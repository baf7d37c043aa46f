#!/usr/bin/env node
import { createRequire } from 'node:module'
import { findCommand } from './find-command.js'
import { locateWithNpm, npmOfNpx } from './locate-with-npm.js'

interface Command {
  main(): Promise<number>
}

/** Runs the command of `@udpng/cli`, and returns its exit code. */
async function run(): Promise<number> {
  const found = findCommand()
  if (found) return runCommand(found)
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string }
  const npm = npmOfNpx(process.env)
  if (npm !== undefined) {
    console.error(`udpng: the command is in another package; running npx @udpng/cli@${version}`)
    const located = await locateWithNpm(npm, version)
    return located === undefined ? 1 : runCommand(located)
  }
  console.error(`udpng: the command is in the package @udpng/cli, which is not installed; run npx @udpng/cli@${version}, or install it:
  in a project:  npm install @udpng/cli
  globally:      npm uninstall --global udpng && npm install --global @udpng/cli`)
  return 1
}

async function runCommand(module: string): Promise<number> {
  const command = (await import(module)) as Command
  return command.main()
}

run().then((exitCode) => {
  process.exitCode = exitCode
})
