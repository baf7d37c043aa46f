import type { DatagramTransport, Parcel } from '@udpng/basic-peer'
import { type Address, type Datagram, type Family, replySource } from '@udpng/datagram'
import { describe, expect, it } from 'vitest'
import { postboxPeer } from '../rig/kinds.js'
import { type Opened, openOn, readAll, sendAll } from '../rig/open-socket.js'
import { label, numbered, Rig, sum } from '../rig/rig.js'

/** The source address of each datagram. A transport that is not capable of it has to refuse it by name. */
export function describeSourceAddress(transport: DatagramTransport, family: Family): void {
  const open = openOn(transport, family)
  const anywhere = family === 6 ? '::' : '0.0.0.0'
  const [first, second] =
    family === 6 ? ['::ffff:127.0.0.1', '::ffff:127.0.0.2'] : ['127.0.0.1', '127.0.0.2']
  /** An address that this host does not have. */
  const foreign = family === 6 ? '::ffff:192.0.2.1' : '192.0.2.1'
  const isCapable = transport.capabilities?.includes('sourceAddress')
  const atAll = { localAddr: anywhere }

  function parcel({ address: [, port] }: Opened, data: string, local?: string): Parcel {
    return { data: Buffer.from(data), host: first, port, ...(local !== undefined && { local }) }
  }

  describe(`source addresses: ${label(transport, family)}`, () => {
    if (!isCapable) {
      it('PER-25 a letter with a source address is refused by name, counted, and the others are sent', async () => {
        const rig = new Rig(transport, family)
        const end = await rig.begin(postboxPeer, undefined, atAll)
        const to: Address = [first, end.address[1]]
        const subject = await rig.begin(postboxPeer, undefined, atAll)
        for (const letter of [
          [...to, 'a'],
          [...to, 'b', second],
          [...to, 'c'],
        ])
          subject.inbox.deliver(letter)
        expect(await end.texts(2)).toEqual(['a', 'c'])
        const [report] = await subject.reported(1)
        expect(report).toMatchObject({
          code: 'UNSUPPORTED',
          message: expect.stringMatching(
            /^cannot send to .*: the transport .* cannot send from a chosen address: it has no capability "sourceAddress"; use the transport "native"$/,
          ),
        })
        expect(subject.peer.stats).toMatchObject({ sent: 2, failed: { UNSUPPORTED: 1 } })
      })
      return
    }

    it('PER-24 each parcel is sent from its own source address, in order', async () => {
      const receiver = open({ host: anywhere, recvBufferSize: 4 << 20 })
      const sender = open({ host: anywhere })
      const sources = [first, second, undefined, second, second, first]
      for (let round = 0; round < 5; round++) {
        const texts = numbered(120)
        const run = texts.map((text, i) => parcel(receiver, text, sources[i % sources.length]))
        await sendAll(sender.socket, run)
        const got = await readAll(receiver.socket, run.length)
        expect(got.map(([data]) => String(data))).toEqual(texts)
        expect(got.map(([, [host]]) => host)).toEqual(
          texts.map((_, i) => sources[i % sources.length] ?? first),
        )
        expect(new Set(got.map(([, [, port]]) => port))).toEqual(new Set([sender.address[1]]))
      }
      expect(sender.stats).toMatchObject({ sent: 600, failed: {} })
    })

    it('PER-24 a parcel with a source address that the host does not have fails, and no other', async () => {
      const receiver = open({ host: anywhere })
      const sender = open({ host: anywhere })
      const locals = [second, foreign, foreign, undefined, foreign, second]
      const run = locals.map((local, i) => parcel(receiver, `${i}`, local))
      await sendAll(sender.socket, run)
      const got = await readAll(receiver.socket, 3)
      expect(got.map(([data]) => String(data))).toEqual(['0', '3', '5'])
      expect(sender.failed.map(([parcel]) => parcel)).toEqual([run[1], run[2], run[4]])
      // Linux: EINVAL on IPv6 and, depending on its version, on IPv4.
      for (const [, code] of sender.failed) expect(['EINVAL', 'ENETUNREACH']).toContain(code)
    })

    it('PER-24 a letter may have the address to send it from', async () => {
      const rig = new Rig(transport, family)
      const end = await rig.begin(postboxPeer, undefined, atAll)
      const subject = await rig.begin(postboxPeer, undefined, atAll)
      const to: Address = [first, end.address[1]]
      const wrong = ['localhost', '', 7, family === 6 ? '127.0.0.1' : '::1']
      for (const local of wrong) subject.inbox.deliver([...to, 'wrong', local])
      subject.inbox.deliver([...to, 'not ours', foreign])
      for (const local of [second, undefined, first]) subject.inbox.deliver([...to, 'x', local])
      const sources = (await end.received(3)).map(([, [host]]) => host)
      expect(sources).toEqual([second, first, first])
      const reports = await subject.reported(5)
      const [bad, failed] = [reports[0], reports.find(({ code }) => code === 'SEND_FAILED')]
      expect(bad?.message).toContain(
        `the source address "localhost" must be an IPv${family} address of this host`,
      )
      expect(failed?.message).toMatch(
        /^cannot send 8 bytes from .* to .*; check that .* is an address of this host$/,
      )
      const { sent, failed: counts } = subject.peer.stats
      expect([sent, counts['BAD_ADDRESS'], sum(counts)]).toEqual([3, 4, 5])
    })

    it('PER-24 a reply comes from the address that was asked', async () => {
      const rig = new Rig(transport, family)
      const server = await rig.begin(postboxPeer, undefined, { ...atAll, details: true })
      const [, port] = server.address
      for (const host of [second, first, second]) {
        // A connected socket receives only what comes from there.
        const client = open({ host: anywhere, peer: [host, port] })
        await sendAll(client.socket, [{ data: Buffer.from('question'), host, port }])
        const [[data, from, details] = []] = (await server.received(1)) as Datagram[]
        server.inbox.deliver([...(from as Address), data, replySource(details)])
        expect(await readAll(client.socket, 1)).toEqual([[Buffer.from('question'), [host, port]]])
      }
    })
  })
}
