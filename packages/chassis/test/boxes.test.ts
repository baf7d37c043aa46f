import { Graphline, Pipeline, Sessions } from '@udpng/chassis'
import {
  Component,
  ErrorOutbox,
  type InboxSnapshot,
  type Main,
  type OutboxSnapshot,
  Scheduler,
} from '@udpng/core'
import { describe, expect, it } from 'vitest'
import { Probe, Sink } from './probe.js'
import { A } from './rig.js'

class Failing extends Component {
  readonly errors: ErrorOutbox = new ErrorOutbox('Errors')
  override *main(): Main {
    while (!this.readControl()) yield this.pause()
  }
}

type Boxes = Readonly<Record<string, InboxSnapshot | OutboxSnapshot>>

describe('the boxes of this package', () => {
  it('SCH-26 each has a name, a role and a description, also those of what joins boxes', () => {
    const sessions = new Sessions(() => new Sink<Buffer>())
    const graph = new Graphline(
      {
        CHAIN: new Pipeline(new Probe(), new Probe()),
        SESSIONS: sessions,
        F: new Failing(),
        G: new Failing(),
        H: new Probe(),
      },
      {
        'CHAIN.outbox': ['H.inbox', 'H.aside', 'self.outbox'],
        'CHAIN.signal': ['F.control', 'G.control'],
        'H.outbox': 'self.outbox',
        'F.errors': 'self.errors',
        'G.errors': 'self.errors',
        'F.signal': 'self.mixed',
        'G.signal': 'self.mixed',
        'H.signal': 'self.mixed',
        'SESSIONS.starts': 'self.mixed',
      },
    )
    sessions.inbox.deliver([Buffer.from('x'), A])
    const scheduler = new Scheduler()
    scheduler.activate(graph)
    for (let i = 0; i < 6; i++) scheduler.step()
    const seen: Record<string, string> = {}
    for (const { name, inboxes, outboxes } of scheduler.snapshot().components) {
      const { control, signal, ...own }: Boxes = { ...inboxes, ...outboxes }
      for (const [field, { doc }] of Object.entries(own))
        expect(doc, `the description of ${name}.${field}`).toMatch(/\w/)
      const list = Object.entries(own).map(([field, { role }]) => `${field}: ${role}`)
      seen[name] = list.join(', ')
    }
    expect(seen).toMatchObject({
      'Graphline#1': '',
      CHAIN: '',
      SESSIONS: 'inbox: data, outbox: data, starts: report, ends: report, errors: report',
      'SESSIONS/192.0.2.1:1': 'replies: data, posted: internal',
      // What joins boxes: an outbox for each destination, with the role of its sources, if they have the same.
      'CHAIN.outbox': 'inbox: internal, outbox1: data, outbox2: data, outbox3: data',
      'CHAIN.signal': 'inbox: internal, outbox1: control, outbox2: control',
      'self.errors': 'inbox: internal, outbox: report',
      'self.mixed': 'inbox: internal, outbox: data',
      'self.outbox': 'inbox: internal, outbox: data',
    })
  })
})
