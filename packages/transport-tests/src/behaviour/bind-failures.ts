import { closeSync, openSync, readFileSync } from 'node:fs'
import type { DatagramTransport } from '@udpng/basic-peer'
import { shutdownMicroprocess, UdpngError } from '@udpng/core'
import type { Family } from '@udpng/datagram'
import { openSockets, turn } from 'test-support'
import { describe, expect, it, onTestFinished } from 'vitest'
import { kinds as allKinds, type Kind, udpReceiver } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { type KindSubject, label, Rig, type Subject } from '../rig/rig.js'
import type { Supports } from '../supports.js'

/** A bind that fails is an error that says what to do, and leaves nothing open. */
export function describeBindFailures(
  transport: DatagramTransport,
  family: Family,
  supports: Supports,
  kinds: readonly Kind[] = allKinds,
): void {
  const receivers = kinds.filter((kind) => kind.receives)
  const { system } = supports

  /** A peer that cannot be bound, because its port is in use. */
  function contender(rig: Rig, kind: Kind): KindSubject {
    return rig.make(kind, [rig.host, 9], { localPort: rig.endpoint().address[1] })
  }

  async function failureOf(subject: Subject): Promise<UdpngError> {
    const failure = await subject.peer.run().then(
      () => 'no failure',
      (error: unknown) => error,
    )
    expect(failure).toBeInstanceOf(UdpngError)
    return failure as UdpngError
  }

  describe(`failed binds: ${label(transport, family)}`, () => {
    for (const kind of receivers)
      it(`BND-03 ${kind.name}: a failed bind fails the component, and run() rejects with it`, async () => {
        const rig = new Rig(transport, family)
        const subject = contender(rig, kind)
        const before = system && openSockets()
        const failure = await failureOf(subject)
        expect(failure).toMatchObject({
          code: 'BIND_FAILED',
          component: subject.peer.name,
          address: rig.host,
          cause: { code: 'EADDRINUSE' },
        })
        expect([...subject.said]).toEqual([shutdownMicroprocess({ cause: failure })])
        expect(subject.got.delivered).toBe(0)
        expect(subject.peer.ended).toBe(true)
        expect(subject.peer.address).toBeUndefined()
        expect(system && openSockets()).toBe(before)
        expect(rig.transport.living).toBe(1)
      })

    it('BND-03 the cause on signal is the very error that run() rejects with', async () => {
      const subject = contender(new Rig(transport, family), udpReceiver)
      const failure = await failureOf(subject)
      expect(subject.said.recv()).toHaveProperty('cause', failure)
    })

    it('BND-03 with onFailure "isolate" only the peer ends, and observers are notified', async () => {
      const rig = new Rig(transport, family)
      const healthy = await rig.begin(udpReceiver)
      const failures: unknown[] = []
      rig.scheduler.observe((event) => event.kind === 'failed' && failures.push(event.error))
      const subject = contender(rig, udpReceiver)
      rig.activate(subject.peer)
      await subject.ended()
      expect(failures).toMatchObject([{ code: 'BIND_FAILED', component: subject.peer.name }])
      await rig.endpoint().send(healthy.address, 'still there?')
      expect(await healthy.texts(1)).toEqual(['still there?'])
    })

    it('BND-04 an address in use: the error says so, and to choose another port', async () => {
      const rig = new Rig(transport, family)
      const subject = contender(rig, udpReceiver)
      const { message, port, address } = await failureOf(subject)
      expect(message).toContain(`${family === 6 ? `[${rig.host}]` : rig.host}:${port}`)
      expect(message).toContain('already in use')
      expect(message).toContain('choose another port')
      expect(address).toBe(rig.host)
    })

    it('BND-04 an address of another machine: the error says so', async () => {
      const rig = new Rig(transport, family)
      const localAddr = family === 4 ? '198.51.100.1' : '2001:db8::1'
      const subject = rig.make(udpReceiver, undefined, { localAddr, localPort: 1501 })
      const failure = await failureOf(subject)
      expect(failure).toMatchObject({
        code: 'BIND_FAILED',
        address: localAddr,
        port: 1501,
        cause: { code: 'EADDRNOTAVAIL' },
      })
      expect(failure.message).toContain(family === 4 ? `${localAddr}:1501` : `[${localAddr}]:1501`)
      expect(failure.message).toContain('not an address of this machine')
    })

    if (system) {
      const firstFreePort = readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'latin1')

      it('BND-04 a port for root only: the error says what it needs', async ({ skip }) => {
        skip(Number(firstFreePort) <= 514, 'every user may bind port 514 on this machine')
        const rig = new Rig(transport, family)
        const subject = rig.make(udpReceiver, undefined, { localPort: 514 })
        const failure = await asNobody(() => failureOf(subject))
        expect(failure).toMatchObject({ port: 514, cause: { code: 'EACCES' } })
        expect(failure.message).toContain(':514')
        expect(failure.message).toContain('needs root or CAP_NET_BIND_SERVICE')
      })

      /** Maximum that can be opened in a test; some machines allow a thousand times more. */
      const mostDescriptors = 2 ** 20
      const limits = readFileSync('/proc/self/limits', 'latin1')
      const descriptors = Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Infinity)
      const tooMany = `this process may open ${descriptors} files: see ulimit -n`

      it('BND-04 too many open files: the error says so, and how to have more', async ({
        skip,
      }) => {
        skip(descriptors > mostDescriptors, tooMany)
        const rig = new Rig(transport, family)
        const subject = rig.make(udpReceiver)
        const failure = await withoutDescriptors(() => failureOf(subject))
        expect(failure).toMatchObject({ code: 'BIND_FAILED', cause: { code: 'EMFILE' } })
        expect(failure.message).toContain('too many open files')
        expect(failure.message).toContain('ulimit -n')
      })

      it('BND-07 a peer closes quietly where no descriptor is left', async ({ skip }) => {
        skip(descriptors > mostDescriptors, tooMany)
        const rig = new Rig(transport, family)
        const subject = await rig.begin(udpReceiver)
        const failures: unknown[] = []
        rig.scheduler.observe((event) => event.kind === 'failed' && failures.push(event.error))
        await withoutDescriptors(async () => {
          subject.peer.control.deliver(shutdownMicroprocess())
          for (let i = 0; i < 5; i++) await turn()
        })
        expect(await subject.ended()).toEqual([shutdownMicroprocess()])
        expect(failures).toEqual([])
        expect(rig.transport.living).toBe(0)
      })
    }

    for (const kind of receivers)
      it(`BND-05 ${kind.name}: bound rejects with the same error as run()`, async () => {
        const subject = contender(new Rig(transport, family), kind)
        const bound = subject.peer.bound.catch((error: unknown) => error)
        const failure = await failureOf(subject)
        expect(await bound).toBe(failure)
        await expect(subject.peer.bound).rejects.toBe(failure)
      })

    it('BND-05 if bound is not awaited, there is no unhandled rejection', async () => {
      const unhandled: unknown[] = []
      const note = (reason: unknown): unknown => unhandled.push(reason)
      process.on('unhandledRejection', note)
      onTestFinished(() => void process.off('unhandledRejection', note))
      const rig = new Rig(transport, family)
      const failed = contender(rig, udpReceiver)
      const stopped = rig.make(udpReceiver)
      rig.activate(failed.peer)
      await failed.ended()
      rig.scheduler.activate(stopped.peer)
      rig.scheduler.stop()
      await stopped.ended()
      await quiet()
      expect(unhandled).toEqual([])
    })

    for (const kind of receivers.filter((kind) => kind.sends))
      it(`BND-06 ${kind.name}: data queued before a failed bind is counted as dropped`, async () => {
        const rig = new Rig(transport, family)
        const subject = contender(rig, kind)
        subject.put('one', 'two', 'three')
        await failureOf(subject)
        subject.put('too late')
        expect(subject.peer.stats.dropped.unsent).toBe(4)
        expect(subject.peer.stats.sent).toBe(0)
      })

    it('BND-06 500 failing binds leave the descriptors and listeners as they were', async () => {
      const rig = new Rig(transport, family)
      const localPort = rig.endpoint().address[1]
      const before = { sockets: system && openSockets(), listeners: processListeners() }
      for (let i = 0; i < 500; i++) {
        const subject = rig.make(udpReceiver, undefined, { localPort })
        expect((await failureOf(subject)).code).toBe('BIND_FAILED')
      }
      expect({ sockets: system && openSockets(), listeners: processListeners() }).toEqual(before)
    })
  })
}

/** Runs it as a user without privileges. */
async function asNobody<T>(act: () => Promise<T>): Promise<T> {
  const uid = process.geteuid?.()
  if (uid !== 0) return act()
  process.seteuid?.(65534)
  try {
    return await act()
  } finally {
    process.seteuid?.(0)
  }
}

/** Runs it while this process has no descriptor left. */
async function withoutDescriptors<T>(act: () => Promise<T>): Promise<T> {
  const taken: number[] = []
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'))
  } catch (error) {
    expect(error).toMatchObject({ code: 'EMFILE' })
  }
  try {
    return await act()
  } finally {
    for (const fd of taken) closeSync(fd)
  }
}

/** Who listens to what happens to this process. */
function processListeners(): Record<string, number> {
  const names = process.eventNames()
  return Object.fromEntries(names.map((name) => [String(name), process.listenerCount(name)]))
}
