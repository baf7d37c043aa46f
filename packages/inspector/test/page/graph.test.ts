import { Pipeline } from '@udpng/chassis'
import { link } from '@udpng/core'
import { expect, it } from 'vitest'
import { inBrowser, soon } from './browser.js'
import { card, Fragile, Leaky, running, Sink, traffic } from './systems.js'

inBrowser('the graph', ({ open }) => {
  it('INS-40 a running system is a graph: a card for each component, frames around parts, wires between boxes', async () => {
    const page = await open(await traffic())
    await page.locator(card('UDPSender')).waitFor()
    const names = await page.locator('.card .name').allTextContents()
    expect(names.map((name) => name.replace(/#.*/, '')).sort()).toEqual(
      ['Sink', 'Ticker', 'Transformer', 'UDPReceiver', 'UDPSender'].sort(),
    )
    const frames = await page.locator('.frame-title .name').allTextContents()
    expect(frames.map((name) => name.replace(/#.*/, ''))).toEqual(['Pipeline', 'Pipeline'])
    expect(await page.locator('.wire').count()).toBe(3)
    await page.locator(`${card('UDPReceiver')} .card-host`).waitFor()
    expect(await page.locator(`${card('UDPReceiver')} .card-host`).textContent()).toMatch(
      /^127\.0\.0\.1:\d+$/,
    )
    expect(await page.locator(`${card('Ticker')} .card-state`).textContent()).toMatch(
      /^(ready|paused|waiting)$/,
    )
    // Each card lies within a frame, and no card lies over another.
    const boxes = await page.locator('.card').evaluateAll((cards) =>
      cards.map((one) => {
        const { x, y, right, bottom } = one.getBoundingClientRect()
        return { x, y, right, bottom }
      }),
    )
    for (const [i, a] of boxes.entries())
      for (const b of boxes.slice(i + 1))
        expect(a.right <= b.x || b.right <= a.x || a.bottom <= b.y || b.bottom <= a.y).toBe(true)
  })

  it('INS-41 rates move, and nothing else does', async () => {
    const page = await open(await traffic())
    const rate = page.locator('.wire-rate').first()
    await rate.waitFor()
    const places = () =>
      page
        .locator('.card')
        .evaluateAll((cards) => cards.map((one) => (one as HTMLElement).style.transform))
    const layouts = () => page.evaluate(() => performance.getEntriesByName('udpng layout').length)
    const [before, runs] = [await places(), await layouts()]
    const seen = new Set<string>()
    await soon(
      async () => seen.add((await page.locator('.total dd').allTextContents()).join()).size,
    ).toBeGreaterThan(2)
    await soon(async () => Number.parseFloat((await rate.textContent()) ?? '')).toBeGreaterThan(0)
    expect(await places()).toEqual(before)
    expect(await layouts()).toBe(runs)
  })

  it('INS-41 nothing is animated for users who prefer reduced motion', async () => {
    const scheduler = await traffic()
    for (const [reducedMotion, animation] of [
      ['no-preference', 'flow'],
      ['reduce', 'none'],
    ] as const) {
      const page = await open(scheduler, { reducedMotion })
      const flow = page.locator('.wire-flow').first()
      await flow.waitFor({ state: 'attached' })
      expect(await flow.evaluate((one) => getComputedStyle(one).animationName)).toBe(animation)
      const card = page.locator('.card').first()
      expect(await card.evaluate((one) => getComputedStyle(one).transitionDuration)).toBe(
        reducedMotion === 'reduce' ? '0s' : '0.25s',
      )
    }
  })

  it('INS-42 a drop turns red, and shows its reason and how many', async () => {
    const leaky = new Leaky()
    const scheduler = running(leaky, new Sink())
    const page = await open(scheduler)
    await page.locator(card('Leaky')).waitFor()
    expect(await page.locator('.note').count()).toBe(0)
    for (let i = 0; i < 7; i++) leaky.inbox.deliver(i)
    leaky.dropped['too old'] = 40
    const note = page.locator(`${card('Leaky')} .note`)
    await note.waitFor()
    await soon(() => note.textContent()).toBe('dropped 40 too old +1 more')
    const colour = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((one) => getComputedStyle(one).color)
    const red = await colour(`${card('Leaky')} .note`)
    expect(red).toBe('rgb(191, 31, 44)')
    await page.locator('.total[data-bad="true"]').waitFor()
    expect(await colour('.total[data-bad="true"] dd')).toBe(red)
    await page.getByRole('button', { name: 'Table' }).click()
    const row = page.locator('tr', { hasText: 'Leaky' })
    expect(await row.textContent()).toContain('dropped 40 too old')
    await row.getByRole('button').click()
    const dropped = page.locator('.numbers[data-kind="bad"]')
    expect(await dropped.locator('dt').allTextContents()).toEqual(['too old', 'inbox full'])
    expect(await dropped.locator('dd').allTextContents()).toEqual(['40', '5'])
  })

  it('INS-70 what the kernel dropped is shown with its bounds where it is not known exactly', async () => {
    const leaky = new Leaky()
    leaky.kernelDrops = { atLeast: 82_425, about: 5_275_200, atMost: 10_550_400 }
    const scheduler = running(leaky)
    const page = await open(scheduler)
    const note = page.locator(`${card('Leaky')} .note`)
    await note.waitFor()
    expect(await note.textContent()).toBe('dropped about 5.3M dropped by the kernel')
    const total = page.locator('.total[data-bad="true"]')
    expect(await total.getAttribute('title')).toBe('about 5,275,200 (82,425 to 10,550,400)')
    expect(await total.locator('dd').textContent()).toBe('~5.3M')
    await page.locator(card('Leaky')).click()
    const dropped = page.locator('.numbers[data-kind="bad"]')
    expect(await dropped.locator('dd').allTextContents()).toEqual([
      'about 5,275,200 (82,425 to 10,550,400)',
    ])
    leaky.kernelDrops = { atLeast: 7, about: 7, atMost: 7 }
    await soon(() => dropped.locator('dd').allTextContents()).toEqual(['7'])
  })

  it('INS-43 a component that fails says why, in red and aloud, and stays where it was with its links', async () => {
    const [fragile, sink] = [new Fragile(), new Sink()]
    const scheduler = running(fragile, sink)
    link(fragile.outbox, sink.inbox)
    const page = await open(scheduler)
    const failing = page.locator(card('Fragile'))
    await failing.waitFor()
    await page.locator('.wire').waitFor({ state: 'attached' })
    const place = await failing.evaluate((one) => one.style.transform)
    fragile.inbox.deliver('the disk is full')
    await page.locator(`${card('Fragile')}[data-state="failed"]`).waitFor()
    expect(await failing.locator('.note').first().textContent()).toBe(
      'COMPONENT_FAILED Error: the disk is full',
    )
    expect(await failing.locator('.card-state').textContent()).toBe('failed')
    expect(await failing.getAttribute('aria-label')).toContain('the disk is full')
    const status = page.getByRole('status')
    await soon(() => status.textContent()).toContain('failed: COMPONENT_FAILED, Error: the disk')
    expect(await failing.evaluate((one) => one.style.transform)).toBe(place)
    expect(await page.locator('.wire[data-cut="true"]').count()).toBe(1)
    await failing.click()
    expect(await page.locator('.detail .error').textContent()).toContain('the disk is full')
  })

  it('INS-44 plumbing and links that only carry control are shown when asked for', async () => {
    const page = await open(await traffic())
    await page.locator(card('Ticker')).waitFor()
    expect(await page.locator(card('Selector')).count()).toBe(0)
    const wires = await page.locator('.wire').count()
    await page.getByLabel('Control links').check()
    await soon(() => page.locator('.wire').count()).toBe(2 * wires)
    await page.getByLabel('Plumbing').check()
    await page.locator(card('Selector')).waitFor()
    await page.getByLabel('Plumbing').uncheck()
    await page.locator(card('Selector')).waitFor({ state: 'detached' })
  })

  it('INS-45 what is dragged moves, what is pinched or wheeled grows, and one button shows all again', async () => {
    const page = await open(running(new Pipeline(new Fragile(), new Sink())))
    await page.locator(card('Sink')).waitFor()
    const transform = () =>
      page.locator('.canvas').evaluate((canvas) => (canvas as HTMLElement).style.transform)
    const fitted = await transform()
    await page.mouse.move(30, 300)
    await page.mouse.down()
    await page.mouse.move(130, 340, { steps: 4 })
    await page.mouse.up()
    const dragged = await transform()
    expect(dragged).not.toBe(fitted)
    await page.mouse.wheel(0, -300)
    await soon(transform).not.toBe(dragged)
    expect(await page.locator('.detail').count()).toBe(0)
    const wheeled = await transform()
    await page.getByRole('button', { name: 'Zoom in' }).click()
    expect(await transform()).not.toBe(wheeled)
    await page.getByRole('button', { name: 'Show all' }).click()
    expect(await transform()).toBe(fitted)
  })
  it('INS-45 two fingers pinch it', async () => {
    const page = await open(running(new Sink()), { hasTouch: true })
    await page.locator(card('Sink')).waitFor()
    const scale = () =>
      page
        .locator('.canvas')
        .evaluate((canvas) => new DOMMatrix(getComputedStyle(canvas).transform).a)
    const before = await scale()
    const fingers = await page.context().newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove', apart: number) =>
      fingers.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: [
          { x: 300 - apart, y: 300, id: 1 },
          { x: 300 + apart, y: 300, id: 2 },
        ],
      })
    await touch('touchStart', 40)
    for (let apart = 50; apart <= 80; apart += 10) await touch('touchMove', apart)
    await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    expect((await scale()) / before).toBeCloseTo(2, 0)
  })
})
