import type { Known } from '../model/live-system.js'
import { dropsOf } from '../model/state.js'
import { dropsList } from './drops-text.js'
import { errorText } from './error-text.js'

/** One sentence for each, and no more than these at a time. */
const MAX_SENTENCES = 3

/** The announcement for screen readers: components that failed or drop for the first time, and whether the numbers are old. */
export function whatIsNew(before: Known, now: Known): string {
  const news: string[] = []
  if (before.connection !== now.connection) {
    if (now.connection === 'reconnecting') news.push('The connection is lost, the numbers are old.')
    if (now.connection === 'refused') news.push('The server refuses the connection.')
    if (now.connection === 'ended') news.push('All components have ended.')
    if (now.connection === 'live' && before.picture) news.push('Connected again.')
  }
  const earlier = before.picture?.components ?? {}
  for (const [name, component] of Object.entries(now.picture?.components ?? {})) {
    const last = earlier[name]
    if (last === component) continue
    const { state, error } = component
    if (state === 'failed' && last?.state !== 'failed')
      news.push(`${name} failed${error ? `: ${error.code}, ${errorText(error, name)}` : ''}.`)
    else if (before.picture && dropsOf(component) > 0 && (!last || dropsOf(last) === 0))
      news.push(`${name} drops messages: ${dropsList(component)[0]?.[0]}.`)
  }
  const more = news.length - MAX_SENTENCES
  return [...news.slice(0, MAX_SENTENCES), ...(more > 0 ? [`And ${more} more.`] : [])].join(' ')
}
