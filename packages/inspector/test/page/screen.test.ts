import { inspect } from '@udpng/inspector'
import { expect, it } from 'vitest'
import { inBrowser, soon } from './browser.js'
import { card, Fragile, Leaky, running, Sink, traffic } from './systems.js'

const token = '0123456789abcdef'
const PHONE = { viewport: { width: 375, height: 720 }, hasTouch: true, isMobile: true }

inBrowser('the screen', ({ open, visit, allow }) => {
  it('INS-50 light and dark are as the system says, until the user chooses; that is remembered', async () => {
    const page = await open(running(new Sink()), { colorScheme: 'dark' })
    const ground = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
    await page.locator(card('Sink')).waitFor()
    expect(await ground()).toBe('rgb(14, 17, 23)')
    await page.getByRole('button', { name: 'Dark colours' }).click()
    expect(await ground()).toBe('rgb(244, 245, 248)')
    await page.reload()
    await page.locator(card('Sink')).waitFor()
    expect(await ground()).toBe('rgb(244, 245, 248)')
    expect(
      await page.getByRole('button', { name: 'Dark colours' }).getAttribute('aria-pressed'),
    ).toBe('false')
  })

  it('INS-51 on a telephone it is a table that fits, and details fill the screen', async () => {
    const leaky = new Leaky()
    leaky.dropped['a reason that takes a little longer to read than others do'] = 123_456
    const fragile = new Fragile()
    const scheduler = running(leaky, fragile, new Sink())
    const page = await open(scheduler, PHONE)
    const fits = () =>
      page.evaluate(
        () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
      )
    await page.locator('tr', { hasText: 'Leaky' }).waitFor()
    fragile.inbox.deliver('a/path/without/any/spaces/that/is/longer/than/a/telephone/is/wide')
    await page.locator('tr[data-state="failed"]').waitFor()
    expect(await fits()).toBe(true)
    const table = page.locator('.table-view')
    expect(await table.evaluate((one) => one.scrollWidth <= one.clientWidth)).toBe(true)
    await page.locator('tr', { hasText: 'Fragile' }).getByRole('button').tap()
    const detail = await page.locator('.detail').boundingBox()
    expect(detail).toMatchObject({ x: 0, y: 0, width: 375 })
    expect(await fits()).toBe(true)
    await page.getByRole('button', { name: 'Close' }).tap()
    await page.getByRole('button', { name: 'Graph' }).tap()
    await page.locator(card('Leaky')).waitFor()
    expect(await fits()).toBe(true)
  })

  it('INS-52 the table sorts by each column, and shows what the filter asks for', async () => {
    const [leaky, fragile] = [new Leaky(), new Fragile()]
    for (let i = 0; i < 9; i++) leaky.inbox.deliver(i)
    const page = await open(running(new Sink(), leaky, fragile))
    await page.getByRole('button', { name: 'Table' }).click()
    const names = async () =>
      (await page.locator('tbody .name').allTextContents()).map((name) => name.replace(/#.*/, ''))
    await soon(names).toEqual(['Sink', 'Leaky', 'Fragile'])
    const sort = (column: string) => page.getByRole('button', { name: column }).click()
    await sort('Component')
    await soon(names).toEqual(['Fragile', 'Leaky', 'Sink'])
    await sort('Dropped')
    await soon(async () => (await names())[0]).toBe('Leaky')
    expect(await page.locator('th[aria-sort="descending"]').textContent()).toBe('Dropped')
    await sort('Dropped')
    await sort('Dropped')
    await soon(names).toEqual(['Sink', 'Leaky', 'Fragile'])
    await page.getByRole('searchbox').fill('LEAK')
    await soon(names).toEqual(['Leaky'])
    await page.getByRole('searchbox').fill('no such name')
    await page.getByText('No component matches').waitFor()
  })

  it('INS-75 the table has the rates of a socket beside its address', async () => {
    const page = await open(await traffic())
    await page.getByRole('button', { name: 'Table' }).click()
    const details = (name: string) =>
      page.locator('tr', { hasText: name }).locator('.row-details').textContent()
    await soon(() => details('UDPSender')).toMatch(/:\d+ ↓0 ↑[1-9]/)
    await soon(() => details('UDPReceiver')).toMatch(/^127\.0\.0\.1:\d+ ↓[1-9]\S* ↑0$/)
  })

  it('INS-53 numbers that are old say so, and when the program is there again they are new', async () => {
    const scheduler = await traffic()
    const first = await inspect(scheduler, { port: 0 })
    const page = await visit(first.url)
    const badge = page.locator('.connection')
    await page.locator('.connection[data-connection="live"]').waitFor()
    // What the browser says of a server that is gone is not a complaint of the page.
    allow(/net::ERR_/)
    await first.close()
    await page.locator('.connection[data-connection="reconnecting"]').waitFor()
    expect(await badge.textContent()).toMatch(/^reconnecting, as of \d\d:\d\d:\d\d$/)
    expect(await page.locator('.app[data-stale="true"]').count()).toBe(1)
    expect(await page.getByRole('status').textContent()).toContain('the numbers are old')
    const second = await inspect(scheduler, { port: Number(new URL(first.url).port) })
    await page.locator('.connection[data-connection="live"]').waitFor()
    expect(await page.locator('.app[data-stale="false"]').count()).toBe(1)
    await page.close()
    await second.close()
  })

  it('INS-54 when all has ended the page says so, and what was there stays', async () => {
    const sink = new Sink()
    const page = await open(running(sink))
    await page.locator(card('Sink')).waitFor()
    sink.control.deliver({ kind: 'producerFinished' } as never)
    await page.locator('.connection[data-connection="ended"]').waitFor()
    await page.locator(`${card('Sink')}[data-state="ended"]`).waitFor()
  })

  it('INS-60 a token goes with all that is asked for', async () => {
    const scheduler = running(new Sink())
    const inspector = await inspect(scheduler, { port: 0, token })
    const page = await visit(inspector.url)
    await page.locator(card('Sink')).click()
    await page.getByRole('button', { name: 'Show messages of inbox' }).click()
    await page.getByText('Waiting for a message').waitFor()
    await page.close()
    await inspector.close()
  })

  it('INS-64 the token leaves the address at once, is sent as a header only, and is kept for a reload', async () => {
    const inspector = await inspect(running(new Sink()), { port: 0, token })
    const page = await visit(inspector.url)
    await page.locator(card('Sink')).waitFor()
    const { origin } = new URL(inspector.url)
    expect(page.url()).toBe(`${origin}/`)
    expect(await page.evaluate(() => [history.length, document.cookie])).toEqual([
      expect.any(Number),
      '',
    ])
    const asked: string[] = []
    page.on('request', (request) => void asked.push(request.url()))
    await page.reload()
    await page.locator(card('Sink')).waitFor()
    await soon(() => asked.some((url) => url.endsWith('/history'))).toBe(true)
    expect(asked.join()).not.toContain(token)
    expect(await page.context().cookies()).toEqual([])
    await page.goto('about:blank')
    await page.goBack()
    await page.locator(card('Sink')).waitFor()
    expect(page.url()).toBe(`${origin}/`)
    await page.close()
    await inspector.close()
  })

  it('INS-65 a page without the token says what to do, and shows nothing of the system', async () => {
    allow(/401/)
    const inspector = await inspect(running(new Sink()), { port: 0, token })
    const page = await visit(new URL('/', inspector.url).href)
    await page.getByText('token missing or wrong; open the address').waitFor()
    expect(await page.locator(card('Sink')).count()).toBe(0)
    await page.close()
    await inspector.close()
  })
})
