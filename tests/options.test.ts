import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CONNECTED, LOCAL, RECEIVER, TWO_WAY } from '@udpng/basic-peer'
import { Graphline, Pipeline, Sessions } from '@udpng/chassis'
import { ChunkReader, ConsoleEchoer, ConsoleReader } from '@udpng/console'
import { Component, Inbox, link, messages, Outbox, Scheduler, UdpngError } from '@udpng/core'
import type { Option } from '@udpng/core/options'
import { runUntilInterrupted } from '@udpng/core/program'
import {
  Cycle,
  FanOut,
  Filter,
  First,
  Limit,
  Pace,
  Sample,
  Splitter,
  Text,
  Ticker,
} from '@udpng/flow'
import { inspect } from '@udpng/inspector'
import { PostboxPeer, SimplePeer, TargettedPeer, UDPReceiver, UDPSender } from '@udpng/peers'
import { Impair, Network, Path, Random, simulate, VirtualClock } from '@udpng/simulation'
import { explore, replay } from '@udpng/simulation/explore'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { read } from './documents.js'
import { packages } from './workspace.js'

class Part extends Component {
  readonly inbox: Inbox<Buffer> = new Inbox('In')
  readonly outbox: Outbox<Buffer> = new Outbox('Out')
  override *main(): Generator<undefined, void, void> {}
}

/** All that takes options. */
const takers: Readonly<Record<string, (options: never) => unknown>> = {
  Inbox: (options) => new Inbox('In', options),
  Outbox: (options) => new Outbox('Out', options),
  Scheduler: (options) => new Scheduler(options),
  'Scheduler.run': (options) => new Scheduler().run(options),
  'Component.run': (options) => new Part().run(options),
  messages: (options) => messages(new Outbox('Out'), options),
  SimplePeer: (options) => new SimplePeer(options),
  TargettedPeer: (options) => new TargettedPeer(options),
  PostboxPeer: (options) => new PostboxPeer(options),
  UDPReceiver: (options) => new UDPReceiver(options),
  UDPSender: (options) => new UDPSender(options),
  Sessions: (options) => new Sessions(() => new Part(), options),
  Ticker: (options) => new Ticker(options),
  Cycle: (options) => new Cycle(options),
  FanOut: (options) => new FanOut(options),
  Filter: (options) => new Filter(options),
  First: (options) => new First(options),
  Limit: (options) => new Limit(options),
  Pace: (options) => new Pace(options),
  Sample: (options) => new Sample(options),
  Text: (options) => new Text(options),
  ChunkReader: (options) => new ChunkReader(options),
  runUntilInterrupted: (options) => runUntilInterrupted(new Part(), options),
  ConsoleReader: (options) => new ConsoleReader(options),
  ConsoleEchoer: (options) => new ConsoleEchoer(options),
  inspect: (options) => inspect(new Scheduler(), options),
  Impair: (options) => new Impair(options),
  Path: (options) => new Path(new Random(1), options),
  'Network.setConditions': (options) =>
    new Network(new Random(1), new VirtualClock()).setConditions(options),
  simulate: (options) => simulate(1, () => {}, options),
  explore: (options) => explore(() => {}, options),
  replay: (options) => replay(() => {}, { seed: 1n, faults: [] }, options),
}

/** The message of the BAD_OPTION that it throws, or rejects with. */
async function refusal(act: () => unknown): Promise<string> {
  try {
    await act()
  } catch (error) {
    expect(error).toBeInstanceOf(UdpngError)
    expect(error).toMatchObject({ code: 'BAD_OPTION' })
    return (error as UdpngError).message
  }
  throw new Error('it was accepted')
}

/** The names in the list that an unknown option gets. */
async function optionsOf(name: string): Promise<string[]> {
  const message = await refusal(() => takers[name]?.({ '?': 1 } as never))
  const [, list = ''] = /: unknown option "\?"; the options are (.*)$/.exec(message) ?? []
  return list.split(', ')
}

/** Those of core list their names: there are three at most. */
const ofCore = ['Inbox', 'Outbox', 'Scheduler', 'Scheduler.run', 'Component.run', 'messages']

describe.each(Object.entries(takers))('options of %s', (name, take) => {
  test('OPT-01 an unknown one is refused, also when it is undefined', async () => {
    expect((await optionsOf(name)).length).toBeGreaterThan(0)
    const message = await refusal(() => take({ '?': undefined } as never))
    expect(message).toMatch(/^cannot [^:]+: unknown option "\?"; the options are \w+/)
  })

  test('OPT-02 each name, misspelt, is recognized', async () => {
    for (const option of await optionsOf(name)) {
      const misspelt = `${option.slice(0, -1)}#${option.slice(-1)}`
      const remedy = ofCore.includes(name)
        ? `the options are .*${option}`
        : `did you mean ${option}\\?$`
      expect(await refusal(() => take({ [misspelt]: 1 } as never))).toMatch(
        new RegExp(`^cannot [^:]+: unknown option "${misspelt}"; ${remedy}`),
      )
    }
  })

  test('OPT-03 OPT-04 each refuses a value of no use, with what it must be', async () => {
    for (const option of await optionsOf(name))
      expect(await refusal(() => take({ [option]: Symbol('none') } as never))).toMatch(
        new RegExp(`^cannot [^:]+: (${option} is Symbol\\(none\\); it must be |token must be )`),
      )
  })

  test('OPT-06 what is not an object is refused', async () => {
    for (const options of [null, 5, 'text', true])
      expect(await refusal(() => take(options as never))).toMatch(
        /^cannot [^:]+: options is .*; it must be an object$/,
      )
  })
})

describe('a second copy of @udpng/core', () => {
  let folder = ''
  let other: typeof import('@udpng/core')
  beforeAll(async () => {
    const core = packages.find((p) => p.name === '@udpng/core')?.directory ?? ''
    folder = mkdtempSync(join(tmpdir(), 'udpng-copy-'))
    mkdirSync(join(folder, 'core'))
    for (const name of ['package.json', 'dist'])
      cpSync(join(core, name), join(folder, 'core', name), { recursive: true })
    other = await import(pathToFileURL(join(folder, 'core/dist/index.js')).href)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const advice = (what: string): string =>
    `it is ${what} of another copy of @udpng/core; see npm ls @udpng/core`

  /** A component of the other copy. */
  const foreign = (): never => {
    class Foreign extends other.Component {
      override *main(): Generator<undefined, void, void> {}
    }
    return new Foreign() as never
  }

  test.each<[act: string, run: () => unknown, message: string]>([
    [
      'in a Pipeline',
      () => new Pipeline(new Part(), foreign()),
      `cannot create Pipeline: stage 2 is Foreign; ${advice('a component')}`,
    ],
    [
      'in a Graphline',
      () => new Graphline({ A: new Part(), B: foreign() }),
      `cannot create Graphline: part B is Foreign; ${advice('a component')}`,
    ],
    [
      'activated',
      () => new Scheduler().activate(foreign()),
      `cannot activate Foreign: ${advice('a component')}`,
    ],
    [
      'linked from',
      () => link(new other.Outbox('Out') as never, new Inbox('In')),
      `cannot link "Out": ${advice('an outbox')}`,
    ],
    [
      'linked to',
      () => link(new Outbox('Out'), new other.Inbox('In') as never),
      `cannot link "In": ${advice('an inbox')}`,
    ],
    [
      'a sink of a Splitter',
      () => new Splitter().add(new other.Inbox('In') as never),
      `cannot add a sink to Splitter: the sink is "In"; ${advice('an inbox')}`,
    ],
    ['inspected', () => inspect(new other.Scheduler() as never), `${advice('a scheduler')}`],
    [
      'read from',
      () => messages(new other.Outbox('Out') as never),
      `cannot link "Out": ${advice('an outbox')}`,
    ],
  ])('OPT-07 %s: the message says that there are two', async (_, run, message) => {
    await expect((async () => run())()).rejects.toThrow(message)
  })
})

/** The rows of the tables of a README that are about options: name, default, text. */
function rows(readme: string): Map<string, readonly [byDefault: string, text: string]> {
  const found = new Map<string, readonly [string, string]>()
  const table = /^\| option .*\n\| -.*\n((?:\|.*\n)+)/gm
  for (const [, lines = ''] of read(readme).matchAll(table))
    for (const line of lines.trim().split('\n')) {
      const [, names = '', byDefault = '', text = ''] = line
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim())
      for (const [, name = ''] of names.matchAll(/`(\w+)`/g)) found.set(name, [byDefault, text])
    }
  return found
}

describe('the tables of options in the documentation', () => {
  test.each([
    ['packages/peers/README.md', 'SimplePeer'],
    ['packages/chassis/README.md', 'Sessions'],
    ['packages/core/README.md', 'Inbox'],
  ])('OPT-08 %s has each option of %s, and no other', async (readme, name) => {
    expect([...rows(readme).keys()].sort()).toEqual((await optionsOf(name)).sort())
  })

  test('OPT-08 packages/peers/README.md says the defaults and the limits of the table in the code', () => {
    const documented = rows('packages/peers/README.md')
    const options: [string, Option][] = Object.entries({
      ...LOCAL,
      ...RECEIVER,
      ...TWO_WAY,
      ...CONNECTED,
    })
    expect(options.length).toBe(13)
    for (const [name, option] of options) {
      const [byDefault = '', text = ''] = documented.get(name) ?? []
      const said = byDefault.replaceAll(/[ `']/g, '')
      if (option.default !== undefined)
        expect(said, name).toMatch(new RegExp(`^${option.default}(ms)?$`))
      if (option.max === 65535) expect(text, name).toMatch(/\b[01]-65535\b/)
    }
  })
})
