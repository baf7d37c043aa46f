import { link } from '@udpng/core'
import { Ticker, Transformer } from '@udpng/flow'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { inBrowser, soon } from './browser.js'
import { card, Fragile, Leaky, running, Sink } from './systems.js'

const MARKUP = '<img src=x onerror=alert(1)><b>bold</b>&amp;"\'</script>'

/** Gives a class any name. */
function rename(component: { readonly prototype: object }, name: string): void {
  Object.defineProperty(component, 'name', { value: name })
}

/** How many streams of messages are open. */
function openStreams(page: Page): () => number {
  let open = 0
  const isStream = (url: string) => new URL(url).pathname === '/messages'
  page.on('request', (request) => {
    if (isStream(request.url())) open++
  })
  const closed = (request: { url(): string }) => {
    if (isStream(request.url())) open--
  }
  page.on('requestfailed', closed)
  page.on('requestfinished', closed)
  return () => open
}

inBrowser('text', ({ open }) => {
  it('INS-48 markup in names, reasons, errors and messages is text, and no element', async () => {
    class Marked extends Fragile {}
    class Slanted extends Leaky {}
    rename(Marked, MARKUP)
    rename(Slanted, '<i>leaky</i>')
    const [fragile, leaky] = [new Marked(), new Slanted()]
    const ticker = new Ticker({ intervalMs: 20 })
    const mark = new Transformer(() => MARKUP)
    const sink = new Sink()
    const scheduler = running(fragile, leaky, ticker, mark, sink)
    link(ticker.outbox, mark.inbox)
    link(mark.outbox, sink.inbox)
    const page = await open(scheduler)
    await page.locator('.card').nth(4).waitFor()
    leaky.dropped[MARKUP] = 3
    fragile.inbox.deliver(MARKUP)
    await page.locator('.card[data-state="failed"]').waitFor()
    await page.locator('.note', { hasText: 'dropped' }).waitFor()
    await page.locator('.card', { hasText: 'leaky' }).click()
    await page.locator('.numbers dt').first().waitFor()
    expect(await page.locator('.numbers dt').first().textContent()).toBe(MARKUP)
    await page.locator('.card[data-state="failed"]').click()
    await page.locator('.detail .error').waitFor()
    expect(await page.locator('.detail .error p').textContent()).toContain(MARKUP)
    expect(await page.locator('.detail h2').textContent()).toContain(MARKUP)
    await page.locator(card('Sink')).click()
    await page.getByRole('button', { name: 'Show messages of inbox' }).click()
    await page.locator('.messages li code').first().waitFor()
    expect(await page.locator('.messages li code').first().textContent()).toContain('<b>bold</b>')
    await page.getByRole('button', { name: 'Table' }).click()
    await page.locator('tr', { hasText: 'onerror' }).nth(1).waitFor()
    // What the page itself never makes.
    expect(await page.locator('img, #page script, #page i').count()).toBe(0)
    expect(await page.locator('b', { hasText: /^bold$/ }).count()).toBe(0)
  })

  it('INS-49 messages are shown on demand: requested only while the view is open, and 50 at most', async () => {
    const [ticker, sink] = [new Ticker({ intervalMs: 5 }), new Sink()]
    const scheduler = running(ticker, sink)
    link(ticker.outbox, sink.inbox)
    const page = await open(scheduler)
    const streams = openStreams(page)
    await page.locator(card('Sink')).click()
    const button = page.getByRole('button', { name: 'Show messages of inbox' })
    await button.waitFor()
    expect(streams()).toBe(0)
    await button.click()
    await page.locator('.messages').waitFor()
    await soon(streams).toBe(1)
    const items = page.locator('.messages li')
    await soon(() => items.count()).toBe(50)
    const text = await items.first().textContent()
    await soon(() => items.first().textContent()).not.toBe(text)
    expect(await items.count()).toBe(50)
    // Those in between are counted.
    expect(await items.first().textContent()).toMatch(/before it not shown$/)
    await button.click()
    await soon(streams).toBe(0)
    expect(await page.locator('.messages').count()).toBe(0)
    await button.click()
    await soon(streams).toBe(1)
    await page.keyboard.press('Escape')
    await soon(streams).toBe(0)
  })
})
