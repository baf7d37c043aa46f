import type { VNode } from 'preact'

/** `SimplePeer#3`, its number less loud than its class. */
export function ComponentName({ name }: { readonly name: string }): VNode {
  const hash = name.lastIndexOf('#')
  if (hash < 1) return <span class="name">{name}</span>
  return (
    <span class="name" title={name}>
      {name.slice(0, hash)}
      <span class="name-number">{name.slice(hash)}</span>
    </span>
  )
}
