import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

/**
 * Loopback, and a cable from udpng0 to udpng1, with an IPv4 and a link-local address at either end. What comes
 * out of the cable is taken although it has an address of this very machine.
 */
const INTERFACES = `
  ip link set lo up
  ip link add udpng0 type veth peer name udpng1
  echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter
  for end in 0 1; do
    echo 1 > /proc/sys/net/ipv6/conf/udpng$end/addr_gen_mode
    echo 1 > /proc/sys/net/ipv4/conf/udpng$end/accept_local
    echo 0 > /proc/sys/net/ipv4/conf/udpng$end/rp_filter
    ip address add 10.9.$end.1/24 dev udpng$end
    ip address add fe80::$((end + 1))/64 dev udpng$end nodad
    ip link set udpng$end up
  done
`

/** One test, in the format of vitest's JSON reporter. */
interface Outcome {
  readonly title: string
  readonly ancestorTitles: readonly string[]
  readonly status: 'passed' | 'failed' | 'skipped' | 'pending' | 'todo'
  readonly failureMessages: readonly string[]
}

/**
 * Runs the tests of a folder in a network namespace of its own, with interfaces to do with as they like, and
 * shows each as a test of the file that calls this. Where that cannot be, one test says why it is skipped.
 */
export async function runInNamespace(folder: string): Promise<void> {
  const unshare = ['--net', ...(process.getuid?.() === 0 ? [] : ['--map-root-user']), 'sh', '-ec']
  const probe = spawnSync('unshare', [...unshare, INTERFACES], { encoding: 'utf8' })
  if (probe.status !== 0) {
    const why = probe.error?.message ?? probe.stderr
    it(`a network namespace for ${folder}`, ({ skip }) => skip(`there is none to be had: ${why}`))
    return
  }
  const directory = mkdtempSync(join(tmpdir(), 'udpng-namespace-'))
  const report = join(directory, 'report.json')
  const vitest = join(
    dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
    'vitest.mjs',
  )
  const command = [process.execPath, vitest, 'run', '--root', folder]
  const reporting = ['--reporter=json', `--outputFile=${report}`]
  const said = await output('unshare', [
    ...unshare,
    `${INTERFACES} exec "$@"`,
    'sh',
    ...command,
    ...reporting,
  ])
  const outcomes = outcomesIn(report)
  rmSync(directory, { recursive: true })

  it(`the tests of ${folder} ran`, () => {
    expect(outcomes.length, said).toBeGreaterThan(0)
  })
  for (const { title, ancestorTitles, status, failureMessages } of outcomes)
    describe(`in a network namespace: ${ancestorTitles.join(' > ')}`, () => {
      it(title, ({ skip }) => {
        skip(status !== 'passed' && status !== 'failed', status)
        expect(failureMessages.join('\n')).toBe('')
      })
    })
}

/** What a program writes, all in all. A run of vitest takes itself for a part of ours if it sees our variables. */
function output(command: string, args: readonly string[]): Promise<string> {
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'))
  const child = spawn(command, args, { env: Object.fromEntries(env) })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', () => resolve(said))
  })
}

function outcomesIn(report: string): Outcome[] {
  try {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
      testResults: { assertionResults: Outcome[] }[]
    }
    return testResults.flatMap(({ assertionResults }) => assertionResults)
  } catch {
    return [] // it did not come so far
  }
}
