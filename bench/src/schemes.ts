/** Colours for a page of this kind. */
export interface Scheme {
  readonly text: string
  readonly lines: string
  /** Of udpng on native, of udpng on node:dgram, and of what they are compared with. */
  readonly points: readonly [native: string, dgram: string, other: string]
}

/** Colours that colour-blind readers can distinguish (Okabe and Ito). */
export const SCHEMES = {
  light: { text: '#1f2328', lines: '#d1d9e0', points: ['#d55e00', '#0072b2', '#6e7781'] },
  dark: { text: '#f0f6fc', lines: '#3d444d', points: ['#e69f00', '#56b4e9', '#9198a1'] },
} as const satisfies Readonly<Record<string, Scheme>>
