import { Scheduler } from '@udpng/core'
import { has, Running } from 'test-support'
import { describe, expect, it } from 'vitest'
import { inspecting, Wall } from './parts.js'

// A client that is not ours. Debian's package `curl` has it.
describe.runIf(has('curl'))('curl', () => {
  it('INS-29 reads metrics, a snapshot and events', async () => {
    const scheduler = new Scheduler()
    const wall = scheduler.activate(new Wall())
    void scheduler.run()
    wall.inbox.deliver('x')
    await using inspector = await inspecting(scheduler)
    const curl = (path: string, ...options: string[]): Running =>
      new Running('curl', [
        '--silent',
        '--show-error',
        '--fail',
        '--no-buffer',
        ...options,
        inspector.url + path,
      ])
    using metrics = curl('metrics')
    using snapshot = curl('snapshot', '--compressed')
    expect((await metrics.end).stdout).toContain(
      'udpng_messages_delivered_total{component="Wall#1",box="inbox"} 1\n',
    )
    expect(JSON.parse((await snapshot.end).stdout).components['Wall#1'].state).toBe('paused')
    using events = curl('events', '--max-time', '30')
    using messages = curl('messages?box=Wall%231.inbox', '--max-time', '30')
    await events.says(/^event: picture\ndata: \{"time":\d+,/)
    await events.says(/\n\nevent: change\ndata: \{"time":\d+/)
    while (!messages.stdout) {
      wall.inbox.deliver('hello')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await messages.says(/^event: message\ndata: \{"time":\d+,"text":"hello","skipped":0\}\n\n/)
    using post = curl('snapshot', '--data', 'x')
    const { code, stderr } = await post.end
    expect(code).toBe(22)
    expect(stderr).toContain('405')
    scheduler.stop()
  })
})
