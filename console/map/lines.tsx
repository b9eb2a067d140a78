import type { RefObject } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'
import type { Member } from '../api/client.ts'
import { type Drawn, draw, type Rect } from './draw.ts'
import type { Layout } from './layers.ts'

interface LinesProps {
  host: RefObject<HTMLDivElement | null>
  plan: Layout
  /** Changes when boxes move among the rows. */
  shape: string
  lit: string | null
  statusOf(component: string): Member['status']
}

/** The dependencies, drawn behind the cards: where the browser put them is measured, never assumed. */
export function Lines({ host, plan, shape, lit, statusOf }: LinesProps) {
  const [drawn, setDrawn] = useState<Drawn[]>([])
  useLayoutEffect(() => {
    const field = host.current
    if (!field) return
    const measure = () => setDrawn(draw(plan.lines, rectsOf(field)))
    const observer = new ResizeObserver(measure)
    observer.observe(field)
    for (const place of field.querySelectorAll('[data-place]')) observer.observe(place)
    return () => observer.disconnect()
  }, [shape])
  return (
    <svg class="map-lines" aria-hidden="true" data-lit={lit !== null} data-crowded={plan.crowded}>
      {drawn.map(({ from, to, path, end }) => (
        <g key={`${from}>${to}`} data-status={statusOf(to)} data-lit={from === lit || to === lit}>
          <path d={path} />
          <circle cx={end.x} cy={end.y} r="3" />
        </g>
      ))}
    </svg>
  )
}

function rectsOf(field: HTMLElement): Map<string, Rect> {
  const origin = field.getBoundingClientRect()
  const rects = new Map<string, Rect>()
  for (const element of field.querySelectorAll<HTMLElement>('[data-place]')) {
    const { left, right, top, bottom } = element.getBoundingClientRect()
    const row = element.parentElement as HTMLElement
    rects.set(element.dataset.place as string, {
      left: left - origin.left,
      right: right - origin.left,
      top: top - origin.top,
      bottom: bottom - origin.top,
      rowBottom: row.getBoundingClientRect().bottom - origin.top,
    })
  }
  return rects
}
