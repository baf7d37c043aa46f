import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ownPort, Running } from 'test-support'
import { here, type Outcome, root, run } from './workspace.js'

/** How a document shows a program that goes on until it is interrupted. */
export interface Session {
  /** Shell commands that are given in another terminal, once the program has bound its sockets. */
  readonly commands: string
  /** What the program prints, with a line `^C` where Ctrl-C is pressed. */
  readonly output: string
}

/** On a busy machine a process may take long to start. */
const WITHIN_MS = 120_000

const PORT = /(?:(?:local|receiver)Port: |\.bind\()([1-9]\d*)/g
const LOCAL_PORT = /(?:localPort: |\.bind\()([1-9]\d*)/g

/** What NODE_DEBUG=udpng prints: when a socket is bound, or, on a busy machine, what the components wait for. */
const DEBUG = /^(UDPNG\b| {2})/

/** `npx udpng` is the command as built. */
const NPX = 'npx() { shift; "$NODE" "$COMMAND" "$@"; }'

/**
 * Runs a program as its document shows it: gives the commands, waits for what it prints before `^C`, interrupts it, and
 * returns how it ended. Its ports are replaced by others, because they may be taken, and are shown as documented in what it printed.
 *
 * @param file - the module; another one is written beside it
 * @throws when the program prints something else, or a command fails
 */
export async function runService(file: string, { commands, output }: Session): Promise<Outcome> {
  const text = await readFile(file, 'utf8')
  const ports = new Map<string, string>()
  for (const [, port = ''] of text.matchAll(PORT)) ports.set(port, String(ownPort()))
  const numbers = new Map([...ports].map(([shown, own]) => [own, shown]))
  const replaced = (text: string): string => translate(text, ports)
  const program = file.replace(/\.mjs$/, '.service.mjs')
  await writeFile(program, replaced(text))

  const env = { ...process.env, NODE_DEBUG: 'udpng' }
  using running = new Running(process.execPath, [program], env)
  for (const [, port = ''] of replaced(text).matchAll(LOCAL_PORT))
    await running.says(new RegExp(`bound to .*:${port}\\b`), WITHIN_MS)
  const command = join(root, 'packages/cli/dist/bin.js')
  const other = await run('sh', ['-ec', `${NPX}\n${replaced(commands)}`], {
    cwd: here,
    env: { ...process.env, NODE: process.execPath, COMMAND: command },
  })
  if (other.code !== 0) throw new Error(`${commands}: ${other.stderr}`)
  const before = replaced(output.split(/^\^C$/m)[0] ?? '')
  await running.says(before, WITHIN_MS)
  running.kill('SIGINT')
  const { code = -1, stdout, stderr } = await running.end
  const errors = stderr.split('\n').filter((line) => line !== '' && !DEBUG.test(line))
  const [first, rest] = [stdout.slice(0, before.length), stdout.slice(before.length)]
  return { code, stdout: translate(`${first}^C\n${rest}`, numbers), stderr: errors.join('\n') }
}

function translate(text: string, numbers: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\b\d+\b/g, (number) => numbers.get(number) ?? number)
}
