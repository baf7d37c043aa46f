import type { BasicPeer, Lookup } from '@udpng/basic-peer'
import { ConsoleEchoer, ConsoleReader } from '@udpng/console'
import { Inbox, Scheduler, shutdownMicroprocess, UdpngError } from '@udpng/core'
import { isUnixPath } from '@udpng/datagram'
import { DataSource, Ticker, Transformer } from '@udpng/flow'
import * as peers from '@udpng/peers'
import {
  anyOptions,
  anyRecipe,
  attempt,
  corpus,
  finding,
  isWrong,
  make,
  type OptionsInput,
  oddRecipes,
  oneOf,
  optionNames,
  PlayedPeer,
  Random,
  type Recipe,
  seed,
  sizeOf,
} from 'reliability'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'

type PeerClass = new (options: object) => BasicPeer
const classes = peers as unknown as Readonly<Record<string, PeerClass>>
const names = Object.keys(classes)

const lookup: Lookup = (_, { family }, answer) => answer(null, family === 6 ? '::1' : '127.0.0.1')

/** What is made, or undefined when the options are refused as they must be. */
function made<T>(create: () => T): T | undefined {
  try {
    return create()
  } catch (error) {
    if (!(error instanceof UdpngError) || error.code !== 'BAD_OPTION')
      throw new Error(`it throws ${typeof error === 'object' ? error : 'something else'}`, {
        cause: error,
      })
    expect(error.message.length).toBeGreaterThan(10)
    return undefined
  }
}

/**
 * Whether it can be looked at without its own code throwing. Options as a whole, and a transport, are looked at: what they
 * throw is their maker's, and not caught.
 */
function isReadable(value: unknown): boolean {
  try {
    return Boolean({ ...(value as object) })
  } catch {
    return false
  }
}

/** Wrong options must be refused. Right ones may be, too: they need not fit each other. */
function expectRefusal(wrong: readonly unknown[], refused: boolean): void {
  if (wrong.length > 0 && !refused) throw new Error(`${JSON.stringify(wrong)} is taken`)
}

/** Options of a socket, which its transport must get unchanged. */
const HANDED_ON = [
  'reuseAddr',
  'reusePort',
  'ipv6Only',
  'sendBufferSize',
  'recvBufferSize',
  'broadcast',
  'ttl',
] as const

describe('options', () => {
  it('REL-03 ADR-02 whatever the options of a peer are, it works, or they are refused with BAD_OPTION', (context) => {
    const random = new Random(seed)
    const count = sizeOf({ fast: 25_000, long: 300_000 })
    let working = 0
    finding(context, 'options of peers', () => `${count} sets, of which ${working} were taken`)
    const check = (input: OptionsInput): void => {
      const given = make({ record: input.options }) as Readonly<Record<string, unknown>>
      const Peer = classes[input.of] as PeerClass
      const wrong = input.options.filter(([name]) => isWrong(input.of, name, given[name]))
      if (Object.hasOwn(given, 'transport')) {
        if (isReadable(given['transport'])) expectRefusal(wrong, !made(() => new Peer(given)))
        return
      }
      // The transport of the test opens no Unix sockets.
      if (isUnixPath(given['localAddr']) || isUnixPath(given['receiverAddr'])) {
        expectRefusal(wrong, !made(() => new Peer(given)))
        return
      }
      const played = made(
        () => new PlayedPeer((transport) => new Peer({ lookup, ...given, transport })),
      )
      expectRefusal(wrong, !played)
      if (!played) return
      working++
      const { peer, inbox, socket } = played
      for (const name of HANDED_ON) expect(socket.options[name]).toBe(given[name])
      expect(socket.options.port).toBe(given['localPort'] ?? 0)
      inbox?.deliver(input.of === 'PostboxPeer' ? ['127.0.0.1', 9, 'out'] : 'out')
      socket.arrive([Buffer.from('in'), ['127.0.0.1', 9]])
      played.go()
      const { received, dropped } = peer.stats
      expect(received + dropped.unread + dropped.foreign).toBe(1)
      expect(peer.ended).toBe(false)
      peer.control.deliver(shutdownMicroprocess())
      played.go()
      expect(played.left).toEqual([])
      expect(played.accounted + peer.stats.dropped.unsent).toBe(inbox?.delivered ?? 0)
    }
    const odd = oddRecipes.flatMap((value) =>
      optionNames.map((name): OptionsInput => {
        const [outer, inner] = name.split('.') as [string, string?]
        const given: Recipe = inner ? { record: [[inner, value]] } : value
        return { of: 'SimplePeer', options: [[outer, given]] }
      }),
    )
    for (const input of [...corpus<OptionsInput>('options'), ...odd])
      attempt('options', seed, input, check)
    for (let n = 0; n < count; n++) attempt('options', seed, anyOptions(random, names), check)
    expect(working).toBeGreaterThan(count / 10)
  })

  it('REL-03 whatever is given instead of options, or of what a component is made of, is taken or refused with BAD_OPTION', (context) => {
    const random = new Random(seed)
    const count = sizeOf({ fast: 10_000, long: 100_000 })
    finding(context, 'what components are made of', () => `${count} values`)
    const anything: Readonly<Record<string, (value: never) => unknown>> = {
      ...Object.fromEntries(
        names.map((name) => [name, (value) => new (classes[name] as PeerClass)(value)]),
      ),
      tag: (tag) => new ConsoleEchoer({ tag }),
      output: (output) => new ConsoleEchoer({ output }),
      eol: (eol) => new ConsoleReader({ eol }),
      input: (input) => new ConsoleReader({ input }),
      items: (items) => new DataSource(items),
      f: (f) => new Transformer(f),
      intervalMs: (intervalMs) => new Ticker({ intervalMs }),
      Ticker: (options) => new Ticker(options),
      capacity: (capacity) => new Inbox('In', { capacity }),
      whenFull: (whenFull) => new Inbox('In', { whenFull }),
      onFailure: (onFailure) => new Scheduler({ onFailure }),
    }
    const check = (input: { readonly of: string; readonly value: Recipe }): void => {
      const value = make(input.value)
      const isWhole = names.includes(input.of) || input.of === 'Ticker'
      if (isWhole && !isReadable(value)) return
      made(() => anything[input.of]?.(value as never))
    }
    const odd = Object.keys(anything).flatMap((of) => oddRecipes.map((value) => ({ of, value })))
    for (const input of [...corpus<(typeof odd)[number]>('made-of'), ...odd])
      attempt('made-of', seed, input, check)
    for (let n = 0; n < count; n++) {
      const input = { of: oneOf(random, Object.keys(anything)), value: anyRecipe(random) }
      attempt('made-of', seed, input, check)
    }
  })

  it('REL-03 BND-03 on real sockets, what is taken is bound, or says that it cannot be', async (context) => {
    const random = new Random(seed)
    const count = sizeOf({ fast: 300, long: 5000 })
    const outcomes = { bound: 0, failed: 0, refused: 0 }
    finding(
      context,
      'options on real sockets',
      () => `${outcomes.bound} bound, ${outcomes.failed} could not be, ${outcomes.refused} refused`,
    )
    const scheduler = new Scheduler({ onFailure: 'isolate' })
    for (let n = 0; n < count; n++) {
      const input = anyOptions(random, names)
      const given = make({ record: input.options }) as Record<string, unknown>
      // Nothing is to leave this machine: no groups, no names.
      const { multicast, transport, ...options } = given
      const peer = made(
        () => new (classes[input.of] as PeerClass)({ lookup, ...options, transport: 'dgram' }),
      )
      if (!peer) {
        outcomes.refused++
        continue
      }
      let bound: unknown
      peer.bound.then(
        () => {
          bound = true
        },
        (error: unknown) => {
          bound = error
        },
      )
      scheduler.activate(peer)
      const run = scheduler.run()
      await eventually(() => bound !== undefined, `an outcome for ${JSON.stringify(input)}`)
      if (bound === true) outcomes.bound++
      else {
        outcomes.failed++
        expect(bound, JSON.stringify(input)).toMatchObject({ code: 'BIND_FAILED' })
      }
      peer.control.deliver(shutdownMicroprocess())
      await run
      expect(peer.ended).toBe(true)
    }
    expect(outcomes.bound).toBeGreaterThan(count / 20)
  })
})
