import { Graphline, Pipeline, Sessions } from '@udpng/chassis'
import { Scheduler } from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import { describe, expect, it } from 'vitest'
import { Probe } from './probe.js'
import { Gate } from './rig.js'

const steps = (scheduler: Scheduler, count = 6) => {
  for (let i = 0; i < count; i++) scheduler.step()
}
const namesIn = (scheduler: Scheduler) => scheduler.snapshot().components.map(({ name }) => name)

describe('names of parts', () => {
  it('CMP-04 CMP-15 are keys and clients, with all that is around them', () => {
    const rooms = new Sessions(
      () =>
        new Graphline(
          { PARSE: new Probe<Buffer>() },
          { 'self.inbox': 'PARSE.inbox', 'PARSE.outbox': 'self.outbox' },
        ),
    )
    const scheduler = new Scheduler()
    scheduler.activate(new Graphline({ ROOMS: rooms }))
    steps(scheduler)
    rooms.inbox.deliver([Buffer.from('x'), ['203.0.113.7', 4242]])
    steps(scheduler)
    expect(namesIn(scheduler)).toEqual([
      'Graphline#1',
      'ROOMS',
      'ROOMS/203.0.113.7:4242',
      'ROOMS/203.0.113.7:4242/Graphline#1',
      'ROOMS/203.0.113.7:4242/PARSE',
    ])
  })

  it('CMP-15 of an unnamed pipeline, and of a named one', () => {
    const pipeline = () => new Pipeline(new Probe(), new Probe())
    const scheduler = new Scheduler()
    scheduler.activate(pipeline())
    scheduler.activate(new Graphline({ LEFT: pipeline(), RIGHT: pipeline() }))
    steps(scheduler)
    expect(namesIn(scheduler).sort()).toEqual([
      'Graphline#1',
      'LEFT',
      'LEFT/Probe#1',
      'LEFT/Probe#2',
      'Pipeline#1',
      'Probe#1',
      'Probe#2',
      'RIGHT',
      'RIGHT/Probe#1',
      'RIGHT/Probe#2',
    ])
  })

  it('CMP-17 accounts have no names of clients, and add up the stages of all of them by class', () => {
    const rooms = new Sessions(
      () => new Pipeline(new Probe<Buffer>(), new Gate(), new Probe<Buffer>()),
    )
    const scheduler = new Scheduler()
    scheduler.activate(rooms)
    for (let port = 1; port <= 3; port++)
      rooms.inbox.deliver([Buffer.from('x'), ['203.0.113.7', port]])
    steps(scheduler)
    const { Sessions: sessions } = accountOf(scheduler).parts
    expect(Object.keys(sessions?.parts ?? {})).toEqual(['Session'])
    const { Session: session } = sessions?.parts ?? {}
    expect(Object.keys(session?.parts ?? {})).toEqual(['Pipeline'])
    const stages = session?.parts['Pipeline']?.parts ?? {}
    expect(Object.entries(stages).map(([name, { in: taken }]) => [name, taken])).toEqual([
      ['Probe', 3],
      ['Gate', 3],
      ['Probe#2', 0],
    ])
  })
})
