import type { Member } from '../api/client.ts'

/** Drawn on a grid of 16, in the colour of the text. Shape alone tells them apart; they are always beside a word. */
const shapes = {
  pass: <path d="M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm-3 6.8 2.1 2.1L11.2 6" />,
  warn: <path d="M8 2 1.6 13.5h12.8L8 2Zm0 4.4v3.4m0 1.9v.1" />,
  fail: <path d="M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3l3.8-3.8Zm.4 4.2 4.6 4.6m0-4.6-4.6 4.6" />,
  unknown: <path d="M6.1 6.2c0-2.6 4-2.5 4-.1 0 1.6-2.1 1.6-2.1 3.3m0 2.2v.1M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Z" />,
  person: <path d="M8 7.6A2.8 2.8 0 1 0 8 2a2.8 2.8 0 0 0 0 5.6Zm-5.6 6.6c.4-3 2.4-4.6 5.6-4.6s5.2 1.6 5.6 4.6" />,
  work: <path d="M13.5 8A5.5 5.5 0 1 1 8 2.5M8 .8l2 1.7L8 4.3" />,
  planned: <circle cx="8" cy="8" r="5" />,
  skipped: <path d="M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM3.8 12.2l8.4-8.4" />,
  power: <path d="M8 1.8v6M4.5 4.1a5.4 5.4 0 1 0 7 0" />,
  play: <path d="M5 3.2v9.6L12.6 8 5 3.2Z" />,
  pause: <path d="M5.6 3v10M10.4 3v10" />,
  lock: <path d="M3.5 7.2h9v6.3h-9V7.2Zm2-.2V5a2.5 2.5 0 0 1 5 0v2" />,
  close: <path d="m3.5 3.5 9 9m0-9-9 9" />,
  right: <path d="m6 3 5 5-5 5" />,
  link: <path d="M2 9.5a8.5 8.5 0 0 1 12 0M4.5 12a5 5 0 0 1 7 0M8 14.3v.1M2 6.3a12 12 0 0 1 12 0" />,
  cut: <path d="M2 9.5A8.5 8.5 0 0 1 8 7m3 .7a8.5 8.5 0 0 1 3 1.8M4.5 12a5 5 0 0 1 7 0M8 14.3v.1M2 2l12 12" />,
} as const

export type IconName = keyof typeof shapes

export const Icon = ({ name, class: extra = '' }: { name: IconName; class?: string }) => (
  <svg class={`icon icon-${name} ${extra}`} viewBox="0 0 16 16" aria-hidden="true">
    {shapes[name]}
  </svg>
)

export const statusIcon: Record<Member['status'], IconName> = { pass: 'pass', warn: 'warn', fail: 'fail', unknown: 'unknown' }
