import { Pipeline } from '@udpng/chassis'
import { Ticker, Transformer } from '@udpng/flow'
import { expect, it } from 'vitest'
import { inBrowser } from './browser.js'
import { running } from './systems.js'

interface Watched {
  readonly updates: number
  readonly added: number
  readonly layouts: number
}

inBrowser('two hundred components', ({ open }) => {
  it('INS-55 an update changes what has changed: no layout, and hardly an element', async () => {
    const scheduler = running(
      ...Array.from(
        { length: 40 },
        () =>
          new Pipeline(
            new Ticker({ intervalMs: 100 }),
            new Transformer((tick: number) => tick),
            new Transformer((tick: number) => `${tick}`),
            new Transformer((): undefined => undefined),
          ),
      ),
    )
    const page = await open(scheduler, { viewport: { width: 1280, height: 800 } })
    await page.locator('.card').nth(159).waitFor()
    expect(await page.locator('.frame').count()).toBe(40)
    await page.locator('.wire-rate').nth(119).waitFor({ state: 'attached' })
    const watched: Watched = await page.evaluate(watchUpdates, 3)
    expect(watched.layouts).toBe(1)
    // Rates that become nothing, and meters that fill, for a moment; not 160 cards anew.
    expect(watched.added).toBeLessThan(3 * 100)
  })
})

/** In the page: what happens to it during a number of updates, seen by the totals that each of them changes. */
function watchUpdates(updates: number): Promise<Watched> {
  return new Promise((resolve) => {
    const seen = { updates: 0, added: 0 }
    const changes = new MutationObserver((records) => {
      for (const { addedNodes } of records) seen.added += addedNodes.length
      seen.updates++
      if (seen.updates < updates) return
      changes.disconnect()
      resolve({ ...seen, layouts: performance.getEntriesByName('udpng layout').length })
    })
    changes.observe(document.body, { subtree: true, childList: true, characterData: true })
  })
}
