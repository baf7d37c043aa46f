import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Known } from '../model/live-system.js'
import { whatIsNew } from './news.js'

/** Announces failures, and when the page is out of date, to screen readers. */
export function Announcer({ known }: { readonly known: Known }): VNode {
  const before = useRef(known)
  const [text, setText] = useState('')
  useEffect(() => {
    const news = whatIsNew(before.current, known)
    before.current = known
    if (news !== '') setText(news)
  }, [known])
  return (
    <p class="unseen" role="status">
      {text}
    </p>
  )
}
