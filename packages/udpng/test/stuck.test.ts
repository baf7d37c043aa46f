import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

it('SCH-23 a deadlocked run names each component and what it waits for, with exit code 13', () => {
  const program = `
    import { Component, Graphline, Inbox, Outbox, Pipeline } from 'udpng'
    class Stuck extends Component {
      inbox = new Inbox('In', { capacity: 2 });
      outbox = new Outbox('Out');
      *main() { for (;;) { while (this.outbox.full) yield this.pause(); this.outbox.send(1) } }
    }
    class Deaf extends Component {
      inbox = new Inbox('In', { capacity: 2 });
      *main() { for (;;) yield this.pause() }
    }
    await new Graphline({ FIRST: new Stuck(), LAST: new Deaf() }, { 'FIRST.outbox': 'LAST.inbox' }).run()
  `
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type', 'module', '--eval', program],
    { cwd: new URL('..', import.meta.url), encoding: 'utf8', timeout: 60_000 },
  )
  expect(stderr).toContain('[UDPNG_STUCK] UdpngWarning: a run cannot go on')
  expect(stderr).toContain('  FIRST (Stuck): paused, outbox full at LAST.inbox')
  expect(stderr).toContain('  LAST (Deaf): paused, 2 in inbox')
  expect(status).toBe(13)
})

it('SCH-26 a deadlocked run leaves out plumbing that waits for nothing', () => {
  const program = `
    import { Component, Graphline, Inbox, Outbox } from 'udpng'
    class Stuck extends Component {
      inbox = new Inbox('In', { capacity: 2 });
      outbox = new Outbox('Out');
      *main() { for (;;) { while (this.outbox.full) yield this.pause(); this.outbox.send(1) } }
    }
    class Deaf extends Component {
      inbox = new Inbox('In', { capacity: 2 });
      outbox = new Outbox('Out');
      *main() { for (;;) yield this.pause() }
    }
    await new Graphline(
      { FIRST: new Stuck(), A: new Deaf(), B: new Deaf() },
      { 'FIRST.outbox': ['A.inbox', 'B.inbox'], 'A.outbox': 'self.outbox', 'B.outbox': 'self.outbox' },
    ).run()
  `
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type', 'module', '--eval', program],
    { cwd: new URL('..', import.meta.url), encoding: 'utf8', timeout: 60_000 },
  )
  expect(stderr).toContain('  FIRST (Stuck): paused, outbox full at FIRST.outbox.inbox')
  expect(stderr).toContain('  FIRST.outbox (Junction): paused, outbox1 full at A.inbox')
  expect(stderr).toContain('  A (Deaf): paused, 2 in inbox')
  expect(stderr).not.toContain('self.outbox')
  expect(status).toBe(13)
})

it('SCH-24 under NODE_DEBUG=udpng a run that hangs logs once which component waits for what', async () => {
  // Its 5 s are 20 ms here, and it ends when it has looked five times.
  const program = `
    const { setInterval } = globalThis
    let looks = 0
    globalThis.setInterval = (look, ms) => {
      if (ms !== 5000) return setInterval(look, ms)
      return setInterval(() => { look(); if (++looks === 5) process.exit(0) }, 20)
    }
    const { Component, Inbox } = await import('udpng')
    class Deaf extends Component {
      inbox = new Inbox('In');
      *main() { for (;;) yield this.pause() }
    }
    const deaf = new Deaf()
    deaf.inbox.deliver('never read')
    void deaf.run()
    setInterval(() => {}, 1000) // as a socket would, it keeps the program alive
  `
  const { stderr } = spawnSync(process.execPath, ['--input-type', 'module', '--eval', program], {
    cwd: new URL('..', import.meta.url),
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, NODE_DEBUG: 'udpng' },
  })
  expect(stderr.match(/no component has made a step for 5 s/g)).toHaveLength(1)
  expect(stderr).toContain('  Deaf#1: paused, 1 in inbox')
})
