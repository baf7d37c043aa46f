import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nativeTransport } from '@udpng/native'
import {
  type Account,
  buildFaultyAddon,
  discrepancy,
  finding,
  type Outcome,
  seed,
  sizeOf,
  worksAfterMs,
} from 'reliability'
import { type End, ownPort, type Running } from 'test-support'
import { Program } from 'test-support/program'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

/** How often each fault happens on each transport. */
const TIMES = sizeOf({ fast: 12, long: 200 })
/** The same, of those that take a process each. */
const RUNS = sizeOf({ fast: 8, long: 200 })
/** How long it may take on a busy machine until all works again. How long it took is in the table of findings. */
const RECOVERY_MS = 60_000
/** After this time it is taken to never end. */
const NEVER_MS = RECOVERY_MS

const directory = mkdtempSync(join(tmpdir(), 'udpng-faults-'))
const faultyAddon = join(directory, 'udpng.node')
const hasFaultyAddon = buildFaultyAddon(faultyAddon)
let programs: Program

beforeAll(async () => {
  programs = await Program.of(
    join(import.meta.dirname, '../src/programs/main.ts'),
    join(import.meta.dirname, '../tsconfig.json'),
  )
})

afterEach(() => {
  delete process.env['UDPNG_ADDON']
  delete process.env['NODE_OPTIONS']
})

afterAll(() => {
  programs[Symbol.dispose]()
  rmSync(directory, { recursive: true })
})

/** Why the native transport cannot serve here; undefined when it can. */
function objection(): string | undefined {
  try {
    nativeTransport()
    return undefined
  } catch (error) {
    return `native cannot serve here: ${(error as Error).message}`
  }
}

/** How it ended; one that does not is killed. */
async function endOf(run: Running, withinMs: number): Promise<End> {
  const timer = setTimeout(() => run.kill('SIGKILL'), withinMs)
  try {
    return await run.end
  } finally {
    clearTimeout(timer)
  }
}

/** The output of a program at its end, which is a good one. */
async function told<T>(
  run: Running,
  withinMs = sizeOf({ fast: 120_000, long: 300_000 }),
): Promise<T> {
  const { code, stdout, stderr } = await endOf(run, withinMs)
  // Errors that no inbox is linked for are process warnings.
  const others = stderr.split('\n').filter((line) => !/UdpngWarning|--trace-warnings/.test(line))
  expect({ code, stderr: others.join('\n') }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as T
}

/** That nothing was wrong, and how long it took at most until all worked again. */
function worst({ recoveryMs, wrong }: Outcome): number {
  expect(wrong).toEqual([])
  expect(recoveryMs.length).toBeGreaterThan(0)
  const most = Math.max(...recoveryMs)
  expect(most).toBeLessThan(RECOVERY_MS)
  return most
}

/** A port that is free. */
async function freePort(): Promise<number> {
  for (let triesLeft = 20; ; triesLeft--)
    try {
      const port = ownPort()
      await worksAfterMs('dgram', port)
      return port
    } catch (error) {
      if (triesLeft === 0) throw error
    }
}

/** When a worker ends while a socket of `node:dgram` has datagrams to give, this Node.js may abort: seen without udpng, too. */
const mayAbort = Number(process.versions.node.split('.')[0]) < 22

const native = objection()

describe.each(['dgram', 'native'] as const)('faults of processes: %s', (transport) => {
  const cannot = transport === 'native' ? native : undefined

  it(`REL-11 CON-11 standard output is closed, ${RUNS} times: it ends, without a message, and its port is free`, async (context) => {
    context.skip(cannot !== undefined, cannot)
    let most = 0
    finding(context, `standard output closed, ${transport}`, () => `${RUNS} times, ${show(most)}`)
    const port = await freePort()
    for (let i = 0; i < RUNS; i++) {
      using run = programs.run('echo', transport, `${port}`)
      await run.says(/^127\.0\.0\.1:\d+ line \d+\n/)
      const begin = performance.now()
      run.closeOutput()
      expect(await endOf(run, NEVER_MS)).toMatchObject({ code: 0, stderr: '' })
      await worksAfterMs(transport === 'native' ? nativeTransport() : 'dgram', port)
      most = Math.max(most, performance.now() - begin)
      expect(most).toBeLessThan(RECOVERY_MS)
    }
  })

  it(`REL-11 SND-02 STA-01 SIGTERM and SIGINT in the middle of a flood, ${RUNS} times: it drains or stops, and every datagram is accounted for`, async (context) => {
    context.skip(cannot !== undefined, cannot)
    let most = 0
    finding(context, `signals, ${transport}`, () => `${RUNS} times, ${show(most)}`)
    for (let i = 0; i < RUNS; i++) {
      const how = i % 4 < 2 ? 'drain' : 'stop'
      using run = programs.run('signals', transport, how)
      await run.says('under way')
      const begin = performance.now()
      run.kill(i % 2 ? 'SIGTERM' : 'SIGINT')
      const account = await told<Account>(run, NEVER_MS)
      most = Math.max(most, performance.now() - begin)
      expect(account.received).toBeGreaterThan(1000)
      // What is queued in the kernel when a socket is closed at once, node:dgram cannot count.
      if (how === 'drain' || transport === 'native') expect(discrepancy(account)).toBeUndefined()
      else expect(account.missing).toBeGreaterThanOrEqual(0)
      expect(most).toBeLessThan(RECOVERY_MS)
    }
  })

  it(`REL-11 SHD-07 BND-07 a worker ends in the middle of a flood, ${TIMES} times: other threads are unaffected, and its port is free`, async (context) => {
    context.skip(cannot !== undefined, cannot)
    context.skip(transport === 'dgram' && mayAbort, `Node.js ${process.version} may abort itself`)
    let most = 0
    finding(context, `workers that end, ${transport}`, () => `${TIMES} times, ${show(most)}`)
    using run = programs.run('workers', transport, `${await freePort()}`, `${TIMES}`)
    most = worst(await told<Outcome>(run))
  })

  it.for<string>(transport === 'dgram' ? ['dgram', 'auto'] : ['native'])(
    `REL-11 BND-04 no descriptor is left, ${TIMES} times: a bind by %s fails and says so, who is bound goes on, and when there are some again all works`,
    async (choice, context) => {
      context.skip(cannot !== undefined, cannot)
      context.skip(process.platform === 'win32', 'Windows has no limit of descriptors')
      let most = 0
      finding(context, `no descriptors, ${choice}`, () => `${TIMES} times, ${show(most)}`)
      using run = programs.runAfter('ulimit -n 64', 'descriptors', choice, `${TIMES}`)
      most = worst(await told<Outcome>(run))
    },
  )

  it(`REL-11 PER-10 PER-11 system calls that fail, ${TIMES} times each: every datagram is sent or failed, in order, and then all work again`, async (context) => {
    context.skip(cannot !== undefined, cannot)
    context.skip(transport === 'native' && !hasFaultyAddon, 'no C compiler')
    let tried = ''
    finding(context, `system calls that fail, ${transport}`, () => tried)
    if (transport === 'native') useFaultyAddon()
    using run = programs.run('calls', transport, `${TIMES}`, `${seed}`)
    const outcome = await told<Outcome>(run)
    const most = worst(outcome)
    tried = `${outcome.recoveryMs.length} times, ${show(most)}`
  })
})

describe('the native transport is refused', () => {
  it.for([
    ['sendmmsg', 'ENOSYS'],
    ['sendmmsg', 'EPERM'],
    ['recvmmsg', 'ENOSYS'],
    ['recvmmsg', 'EPERM'],
    ['socket', 'EPERM'],
  ] as const)(
    `REL-11 NAT-02 %s %s, ${RUNS / 2} times: it says why, and dgram serves at once`,
    async ([call, code], context) => {
      context.skip(native !== undefined, native)
      context.skip(!hasFaultyAddon, 'no C compiler')
      let most = 0
      finding(context, `native refused ${call}`, () => `${RUNS / 2} times, ${show(most)}`)
      useFaultyAddon()
      for (let i = 0; i < RUNS / 2; i++) {
        using run = programs.run('refusal', 'auto', call, code)
        most = Math.max(most, worst(await told<Outcome>(run)))
      }
    },
  )
})

/** Programs that are started from now on load it; they are to write nothing, not even the warning of that. */
function useFaultyAddon(): void {
  process.env['UDPNG_ADDON'] = faultyAddon
  process.env['NODE_OPTIONS'] = '--disable-warning=UDPNG_ADDON'
}

function show(mostMs: number): string {
  return `all well again after ${mostMs.toFixed(0)} ms at most`
}
