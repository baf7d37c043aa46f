import { Pipeline } from '@udpng/chassis'
import { Ticker, Transformer } from '@udpng/flow'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { inBrowser } from './browser.js'
import { card, running, Sink } from './systems.js'

const system = () =>
  running(
    new Pipeline(
      new Ticker({ intervalMs: 20 }),
      new Transformer((tick: number) => `${tick}`),
      new Sink(),
    ),
  )

/** The component that has the focus, without its number. */
const focused = (page: Page) =>
  page.evaluate(() =>
    (document.activeElement as HTMLElement).dataset['component']?.replace(/#.*/, ''),
  )

inBrowser('the keyboard', ({ open }) => {
  it('INS-46 everything is done without a mouse: filter, move, open, watch, close, zoom, sort', async () => {
    const page = await open(system())
    const { keyboard } = page
    await page.locator(card('Sink')).waitFor()

    await keyboard.press('/')
    await keyboard.type('trans')
    await page.locator(`${card('Sink')}[data-dimmed="true"]`).waitFor()
    expect(await page.locator(card('Transformer')).getAttribute('data-dimmed')).toBe('false')
    await keyboard.press('Escape')
    await page.locator(`${card('Sink')}[data-dimmed="false"]`).waitFor()

    // One stop for the whole graph: its frame, then arrows.
    for (let i = 0; i < 6 && (await focused(page)) === undefined; i++) await keyboard.press('Tab')
    expect(await focused(page)).toBe('Pipeline')
    await keyboard.press('ArrowDown')
    expect(await focused(page)).toBe('Ticker')
    const outline = await page.evaluate(
      () => getComputedStyle(document.activeElement as Element).outlineStyle,
    )
    expect(outline).toBe('solid')
    await keyboard.press('ArrowRight')
    await keyboard.press('ArrowRight')
    expect(await focused(page)).toBe('Sink')
    await keyboard.press('ArrowLeft')
    expect(await focused(page)).toBe('Transformer')

    await keyboard.press('Enter')
    await page.locator('.detail h2', { hasText: 'Transformer' }).waitFor()
    await page.waitForFunction(() => document.activeElement?.id === 'detail-name')
    await keyboard.press('Tab') // close
    await keyboard.press('Tab') // part of
    await keyboard.press('Tab') // messages of the first box
    await keyboard.press('Enter')
    await page.locator('.messages li').first().waitFor()
    await keyboard.press('Escape')
    await page.locator('.detail').waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('Transformer')

    const transform = () =>
      page.locator('.canvas').evaluate((canvas) => (canvas as HTMLElement).style.transform)
    const fitted = await transform()
    await keyboard.press('+')
    expect(await transform()).not.toBe(fitted)
    await keyboard.press('0')
    expect(await transform()).toBe(fitted)

    await page.getByRole('button', { name: 'Table' }).focus()
    await keyboard.press('Enter')
    await page.getByRole('button', { name: 'Component' }).focus()
    await keyboard.press('Enter')
    expect(await page.locator('th[aria-sort="ascending"]').textContent()).toBe('Component')
    await page.locator('.row-name').first().focus()
    await keyboard.press('ArrowDown')
    await keyboard.press('ArrowDown')
    await keyboard.press('ArrowUp')
    expect(await focused(page)).toBe('Sink') // of Pipeline, Sink, Ticker, Transformer
  })

  it('INS-47 every control has an accessible name, and the graph is one Tab stop', async () => {
    const page = await open(system())
    await page.locator(card('Sink')).waitFor()
    await page.locator(card('Sink')).click()
    const nameless = await page
      .locator('button, input, a')
      .evaluateAll((all) =>
        all
          .filter(
            (one) =>
              !one.getAttribute('aria-label') &&
              !one.textContent?.trim() &&
              !(one as HTMLInputElement).labels?.[0]?.textContent?.trim(),
          )
          .map((one) => one.outerHTML),
      )
    expect(nameless).toEqual([])
    expect(await page.locator('.canvas [tabindex="0"]').count()).toBe(1)
    expect(await page.locator('.canvas button').count()).toBe(4)
  })
})
