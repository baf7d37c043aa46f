import { Sessions } from '@udpng/chassis'
import { Component, Inbox, link, type Main, Scheduler, shutdownMicroprocess } from '@udpng/core'
import { formatAddress, type Letter } from '@udpng/datagram'
import { liveHeap, ManualClock } from 'test-support'
import { describe, expect, it } from 'vitest'
import { Probe } from './probe.js'
import { A, B, C, Rig, Talker } from './rig.js'

const echo = () => new Probe<Buffer>()

/** An echo that takes 32 kB of heap. */
class Heavy extends Probe<Buffer> {
  readonly ballast: readonly number[] = new Array(4000).fill(0)
}

/** Takes a message from an inbox when it is asked to. */
class Reader extends Component {
  readonly asked: Inbox<true> = new Inbox('It may take one')
  readonly got: string[] = []
  readonly #from: Inbox<Letter>

  constructor(from: Inbox<Letter>) {
    super()
    this.#from = from
  }

  override *main(): Main {
    for (;;) {
      for (const _ of this.asked) this.got.push(String(this.#from.recv()?.[2]))
      yield this.pause()
    }
  }
}

describe('a full outbox', () => {
  it('SES-20 room that comes when the session that waited longest has ended is for the next one', () => {
    const rig = new Rig(echo, {}, { room: 1 })
    for (const source of [A, B, C]) {
      rig.send(source, 'x')
      rig.step()
    }
    // B waits first; its session ends with its letter.
    for (const { name, component } of rig.scheduler.living)
      if (name === formatAddress(B)) component.control.deliver(shutdownMicroprocess())
    rig.step()
    expect(rig.sessions.stats).toMatchObject({ ended: 1, dropped: { unsent: 1 } })
    const post: string[] = []
    for (let i = 0; i < 3; i++) {
      post.push(...rig.post)
      rig.step()
    }
    expect(post).toEqual(['192.0.2.1 1 x', '192.0.2.3 1 x'])
  })

  it('SES-10 a session that has another letter to send keeps its turn', () => {
    const rig = new Rig(() => new Talker(), {}, { room: 1 })
    for (const source of [A, B]) rig.send(source, 'hello')
    rig.step()
    for (const [index, text] of [
      [0, 'a1'],
      [0, 'a2'],
      [1, 'b1'],
      [0, 'a3'],
    ] as const) {
      rig.child(index).says.deliver(text)
      rig.step()
    }
    const post: string[] = []
    for (let i = 0; i < 5; i++) {
      post.push(...rig.post.map((text) => text.slice(-2)))
      rig.step()
    }
    expect(post).toEqual(['a1', 'a2', 'b1', 'a3'])
  })

  it('SES-10 room is for the session that waits, also when another one steps before it', () => {
    const rig = new Rig(() => new Talker(), {}, { room: 1 })
    // It takes a letter between the steps of the Sessions, which came before it, and of the sessions.
    const reader = rig.scheduler.activate(new Reader(rig.letters))
    for (const source of [A, B, C]) rig.send(source, 'hello')
    rig.step()
    for (const index of [0, 1]) {
      rig.child(index).says.deliver(`${index}`)
      rig.step()
    }
    rig.child(2).says.deliver('2')
    rig.step(1)
    const post: string[] = []
    for (let i = 0; i < 3; i++) {
      reader.asked.deliver(true)
      rig.step(1)
      rig.step()
      post.push(...reader.got)
      reader.got.length = 0
    }
    expect(post).toEqual(['0', '1', '2'])
  })

  it('SES-02 SES-10 a letter that waits for room counts as use of its session when it leaves, not before', async () => {
    const rig = new Rig(() => new Talker(), { idleMs: 1000 }, { room: 1 })
    rig.send(A, 'hello')
    rig.step()
    await rig.pass(400)
    rig.send(B, 'hello')
    rig.child(0).says.deliver('a')
    rig.step()
    await rig.pass(500)
    rig.child(1).says.deliver('b')
    rig.step()
    await rig.pass(499)
    expect(rig.sessions.stats.idle).toBe(0)
    await rig.pass(1)
    expect(rig.sessions.stats.idle).toBe(2)
    const post = rig.post
    rig.step()
    expect([...post, ...rig.post]).toEqual(['192.0.2.1 1 a', '192.0.2.2 1 b'])
  })

  it('SES-20 sessions that wait for room, and end, leave no memory behind', async () => {
    const clock = new ManualClock()
    const scheduler = new Scheduler({ clock })
    const sessions = scheduler.activate(new Sessions(() => new Heavy(), { capacity: 1 }))
    const full = new Inbox<Letter>('Not read', { capacity: 1 })
    link(sessions.outbox, full)
    let port = 0
    const newcomers = async (count: number): Promise<void> => {
      for (const end = port + count; port < end; port++) {
        sessions.inbox.deliver([Buffer.from('x'), ['192.0.2.1', port]])
        for (let i = 0; i < 5; i++) scheduler.step()
        await clock.advance(1000)
      }
    }
    await newcomers(100)
    const before = liveHeap()
    await newcomers(1000)
    expect(sessions.stats.ended).toBeGreaterThan(500)
    expect(liveHeap() - before).toBeLessThan(2e6)
  })

  it('SES-10 applies backpressure to the children, and loses nothing; datagrams are passed on all the while', () => {
    const rig = new Rig(() => new Talker(), {}, { room: 10 })
    const sources = [A, B, C]
    for (const source of sources) rig.send(source, 'hello')
    rig.step()
    for (const child of rig.made)
      for (let i = 0; i < 1000; i++) child.says.deliver(String(i).padStart(3, '0'))
    rig.step(50)
    expect(rig.letters.length).toBe(10)
    for (const child of rig.made) expect(child.outbox.sent).toBeLessThan(10 + 2 * 64)
    rig.send(A, 'again')
    rig.step()
    expect(rig.child(0).inbox.taken).toBe(2)
    const post: string[] = []
    for (let i = 0; i < 5000 && post.length < 3000; i++) {
      const letter = rig.letters.recv()
      if (letter) post.push(`${letter[0]} ${letter[2]}`)
      expect(rig.letters.length).toBeLessThanOrEqual(10)
      rig.step(3)
    }
    for (const [host] of sources)
      expect(post.filter((text) => text.startsWith(host))).toEqual(
        Array.from({ length: 1000 }, (_, i) => `${host} ${String(i).padStart(3, '0')}`),
      )
    // In turn: while all have something to say, none is far ahead.
    const half = post.slice(0, 1500)
    for (const [host] of sources)
      expect(half.filter((text) => text.startsWith(host)).length).toBeGreaterThan(300)
  })

  it('SES-10 letters that it still holds when the sessions are shut down are counted', () => {
    const rig = new Rig(echo, {}, { room: 1 })
    for (let i = 0; i < 10; i++) rig.send(A, `${i}`)
    rig.step()
    rig.sessions.control.deliver(shutdownMicroprocess())
    rig.step()
    expect(rig.sessions.stats).toMatchObject({ sent: 1, dropped: { unsent: 9 } })
  })
})
