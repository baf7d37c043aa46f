import type { Lookup } from '@udpng/basic-peer'
import { shutdownMicroprocess } from '@udpng/core'
import { isPort } from '@udpng/datagram'
import { TargettedPeer } from '@udpng/peers'
import { type Kind, postboxPeer, senders, simplePeer, sum } from '@udpng/transport-tests/tools'
import {
  anyLetter,
  anyPayload,
  anyTarget,
  attempt,
  corpus,
  expectedKind,
  finding,
  make,
  oddRecipes,
  oneOf,
  PlayedPeer,
  Random,
  type Recipe,
  seed,
  sizeOf,
} from 'reliability'
import { describe, expect, it } from 'vitest'

const lookup: Lookup = (_, { family }, answer) => answer(null, family === 6 ? '::1' : '127.0.0.1')

/** Bytes that lie about their own length, which is believed: one that throws ends the peer. */
const LIARS = /"bytes (whose length|without a prototype)/

/** A message, as it stands in the corpus. */
interface MessageInput {
  readonly to: string
  readonly family: 4 | 6
  readonly message: Recipe
}

const HOST: Recipe = { text: '127.0.0.1' }
const PORT: Recipe = { number: '1500' }
const DATA: Recipe = { text: 'a' }

function letter(...list: Recipe[]): MessageInput {
  return { to: 'PostboxPeer', family: 4, message: { list } }
}

const HOME = { 4: '127.0.0.1', 6: '::1' } as const

function play(kind: Kind, family: 4 | 6): PlayedPeer {
  return PlayedPeer.of(kind, [HOME[family], 1500], { family, lookup })
}

/** What was sent is forgotten, so that it does not pile up. */
function forget({ socket, reports }: PlayedPeer): void {
  socket.taken.length = socket.sent.length = 0
  while (reports.recv());
}

describe('messages', () => {
  it('REL-04 STA-02 PER-06 whatever is put in an inbox is sent, or counted once and reported; the peer lives', (context) => {
    const random = new Random(seed)
    const count = sizeOf({ fast: 40_000, long: 600_000 })
    let sent = 0
    finding(context, 'messages', () => `${count} messages, of which ${sent} were sent`)
    const played = new Map<string, PlayedPeer>()
    const check = ({ to, family, message }: MessageInput): void => {
      if (LIARS.test(JSON.stringify(message))) return
      const kind = senders.find(({ name }) => name === to) as Kind
      const key = `${to}, IPv${family}`
      const one = played.get(key) ?? play(kind, family)
      // It is kept unless it has failed.
      played.delete(key)
      const before = one.peer.stats
      const accounted = one.accounted
      one.inbox?.deliver(make(message))
      one.go()
      const after = one.peer.stats
      expect(one.accounted - accounted).toBe(1)
      expect(one.reports.length).toBe(sum(after.failed) - sum(before.failed))
      expect(after.lostReports).toBe(0)
      if (after.sent > before.sent) {
        sent++
        expect(one.socket.sent.length).toBe(1)
        const data = one.socket.sent[0]?.data as Uint8Array
        expect(after.sentBytes - before.sentBytes).toBe(data.length)
        if ('text' in message)
          expect(Buffer.from(data).equals(Buffer.from(message.text))).toBe(true)
        if ('bytes' in message) expect(Buffer.from(data).toString('hex')).toBe(message.bytes)
      }
      expect(one.peer.ended).toBe(false)
      forget(one)
      played.set(key, one)
    }
    const odd = oddRecipes.flatMap((value): MessageInput[] => [
      { to: 'SimplePeer', family: 4, message: value },
      letter(value, PORT, DATA),
      letter(HOST, value, DATA),
      letter(HOST, PORT, value),
    ])
    for (const input of [...corpus<MessageInput>('messages'), ...odd])
      attempt('messages', seed, input, check)
    for (let n = 0; n < count; n++) {
      const kind = oneOf(random, senders)
      const message = kind === postboxPeer ? anyLetter(random) : anyPayload(random)
      const family = oneOf(random, [4, 6] as const)
      attempt('messages', seed, { to: kind.name, family, message }, check)
    }
    expect(sent).toBeGreaterThan(count / 10)
    for (const one of played.values()) {
      one.peer.control.deliver(shutdownMicroprocess())
      one.go()
      expect(one.left).toEqual([])
      expect(one.accounted).toBe(one.inbox?.delivered)
    }
  })

  it('REL-04 TGT-03 whatever is put in target is the new receiver, or is reported, and the old one stays', (context) => {
    const random = new Random(seed)
    const count = sizeOf({ fast: 15_000, long: 200_000 })
    let taken = 0
    finding(context, 'targets', () => `${count} targets, of which ${taken} were taken`)
    for (const family of [4, 6] as const) {
      const one = PlayedPeer.of(
        { ...simplePeer, create: (options) => new TargettedPeer(options) },
        [HOME[family], 1500],
        {
          family,
          lookup,
        },
      )
      const peer = one.peer as TargettedPeer
      let aim: readonly [host: string, port: number] = [HOME[family], 1500]
      peer.target.deliver(aim)
      const check = (target: Recipe): void => {
        const { BAD_ADDRESS = 0 } = peer.stats.failed
        peer.target.deliver(make(target) as never)
        peer.inbox.deliver('x')
        one.go()
        const next = aimOf(make(target), family)
        if (next) {
          taken++
          aim = next
        }
        expect((peer.stats.failed['BAD_ADDRESS'] ?? 0) - BAD_ADDRESS).toBe(next ? 0 : 1)
        expect(one.reports.length).toBe(next ? 0 : 1)
        expect(one.socket.sent).toMatchObject([{ host: aim[0], port: aim[1] }])
        forget(one)
      }
      const odd = oddRecipes.flatMap((value) => [
        value,
        { list: [HOST, value] },
        { list: [value, PORT] },
      ])
      for (const target of [...corpus<Recipe>('targets'), ...odd])
        attempt('targets', seed, target, check)
      for (let n = 0; n < count / 2; n++) attempt('targets', seed, anyTarget(random), check)
    }
    expect(taken).toBeGreaterThan(count / 20)
  })
})

/** Where a target leads, when it is one. */
function aimOf(target: unknown, family: 4 | 6): readonly [host: string, port: number] | undefined {
  try {
    if (!Array.isArray(target) || target.length !== 2) return undefined
    const [host, port]: unknown[] = target
    if (!isPort(port, 1) || typeof host !== 'string') return undefined
    const kind = expectedKind(host)
    if (kind === 0) return [HOME[family], port]
    if (kind !== family || /^fe[89ab].:[^%]*$/i.test(host)) return undefined
    const [ip = ''] = host.split('%')
    // The wildcard, in any spelling and with any zone, is this host.
    if (/^[0:.]+$/.test(ip)) return [HOME[family], port]
    if (/^[0:]*:ffff:[0:.]+$/i.test(ip)) return ['::ffff:127.0.0.1', port]
    return [host, port]
  } catch {
    return undefined
  }
}
