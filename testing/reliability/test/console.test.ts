import { Writable } from 'node:stream'
import { ConsoleEchoer, printable } from '@udpng/console'
import { Inbox, link, producerFinished, Scheduler } from '@udpng/core'
import { SimplePeer, UDPSender } from '@udpng/peers'
import {
  anyBytes,
  anyRecipe,
  attempt,
  corpus,
  expectedText,
  finding,
  isHarmless,
  make,
  oddRecipes,
  Random,
  type Recipe,
  seed,
  sizeOf,
} from 'reliability'
import { eventually, ManualClock } from 'test-support'
import { describe, expect, it } from 'vitest'

/** An output that keeps what is written. */
class Screen extends Writable {
  text = ''

  override _write(chunk: unknown, _: BufferEncoding, done: () => void): void {
    this.text += String(chunk)
    done()
  }
}

describe('what comes in from the network', () => {
  it('REL-05 CON-07 bytes of all kinds are shown character by character, the dangerous ones escaped', (context) => {
    const random = new Random(seed)
    const count = sizeOf({ fast: 25_000, long: 400_000 })
    finding(context, 'printable', () => `${count} datagrams`)
    const check = (hex: string): void => {
      const bytes = Buffer.from(hex, 'hex')
      const text = printable(bytes)
      expect(text).toBe(expectedText(bytes))
      expect(isHarmless(text)).toBe(true)
      // What was made of bytes may be made printable again.
      expect(printable(text)).toBe(text)
    }
    for (const hex of corpus<string>('bytes')) attempt('bytes', seed, hex, check)
    for (let n = 0; n < count; n++)
      attempt('bytes', seed, anyBytes(random, 24).toString('hex'), check)
  })

  it('REL-05 CON-05 CON-07 whatever is put in a ConsoleEchoer is written, and it goes on', async (context) => {
    const random = new Random(seed)
    const count = sizeOf({ fast: 10_000, long: 100_000 })
    finding(context, 'messages to ConsoleEchoer', () => `${count} messages, twice`)
    for (const useRepr of [false, true]) {
      const output = new Screen()
      const clock = new ManualClock()
      const scheduler = new Scheduler({ clock })
      const echoer = scheduler.activate(
        new ConsoleEchoer({ output, useRepr, forwarder: true, tag: '\n' }),
      )
      const passed = new Inbox<unknown>('Passed on', { capacity: Infinity })
      link(echoer.outbox, passed)
      const run = scheduler.run()
      let n = 0
      const check = async (recipe: Recipe): Promise<void> => {
        output.text = ''
        const message = make(recipe)
        echoer.inbox.deliver(message)
        // The line of an error may come a second after the one before.
        await clock.advance(1000)
        await eventually(
          () => echoer.ended || output.text !== '',
          () => `the echo of ${JSON.stringify(recipe)}`,
        )
        n++
        expect(echoer.ended, JSON.stringify(recipe)).toBe(false)
        if (typeof message !== 'string' || useRepr)
          expect(isHarmless(output.text), JSON.stringify(recipe)).toBe(true)
        expect(passed.recv()).toBe(message)
      }
      for (const recipe of [...corpus<Recipe>('values'), ...oddRecipes]) await check(recipe)
      for (let left = count; left > 0; left--) await check(anyRecipe(random))
      echoer.control.deliver(producerFinished())
      await run
      expect(echoer.inbox.taken).toBe(n)
      expect(passed.delivered).toBe(n)
    }
  })

  it('REL-05 CON-06 PER-01 datagrams of all kinds, over a socket, are shown as what they are', async (context) => {
    const random = new Random(seed)
    const count = sizeOf({ fast: 3000, long: 50_000 })
    finding(context, 'datagrams to ConsoleEchoer', () => `${count} datagrams`)
    const output = new Screen()
    const scheduler = new Scheduler()
    const transport = 'dgram'
    const peer = scheduler.activate(new SimplePeer({ transport, localAddr: '127.0.0.1' }))
    const echoer = scheduler.activate(new ConsoleEchoer({ output }))
    link(peer.outbox, echoer.inbox)
    const run = scheduler.run()
    const [receiverAddr, receiverPort] = await peer.bound
    const sender = scheduler.activate(new UDPSender({ transport, receiverAddr, receiverPort }))
    const [, port] = await sender.bound
    for (let n = 0; n < count; n++) {
      const data = anyBytes(random, random.roll(50) ? 24 : 9000)
      const text = printable(data)
      const line = `127.0.0.1:${port} ${text}${text.endsWith('\n') ? '' : '\n'}`
      output.text = ''
      sender.inbox.deliver(data)
      const input = JSON.stringify(data.toString('hex'))
      await eventually(() => output.text.length >= line.length, `the echo of ${input}`)
      expect(output.text, input).toBe(line)
    }
    scheduler.stop()
    await run
  })
})
