import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Component } from '../api/client.ts'
import { useUi } from '../parts/ui.ts'
import { ComponentCard, columnsOf } from './card.tsx'
import { keyOfPlace, layout } from './layers.ts'
import { Lines } from './lines.tsx'

const nobody: Component[] = []
/** Of more components, those that are well are drawn by name alone. */
const fullCardsMax = 40

/** The platform in layers, from what users meet down to what everything stands on. */
export function PlatformMap() {
  const { board, say } = useUi()
  const components = board.components ?? nobody
  const host = useRef<HTMLDivElement>(null)
  const width = useWidth(host)
  const plan = useMemo(() => {
    const boxes = components.map((component) => ({ ...component, width: cardWidths[columnsOf(component)] }))
    return layout(boxes, { width, gap: 28 })
  }, [components, width])
  const shape = plan.rows.map((row) => row.map(keyOfPlace).join()).join('|')
  const compact = components.length > fullCardsMax
  const [lit, setLit] = useState<string | null>(null)
  const byId = new Map(components.map((component) => [component.id, component]))
  const members = components.reduce((sum, component) => sum + component.members.length, 0)
  return (
    <section class="map" aria-labelledby="map-title">
      <h2 id="map-title">
        {say('map.title')} <span class="quiet">{say('map.counts', { components: components.length, members })}</span>
      </h2>
      <div class="map-field" ref={host}>
        <Lines host={host} plan={plan} shape={shape} lit={lit} statusOf={(id) => byId.get(id)?.status ?? 'unknown'} />
        {plan.rows.map((row, index) => (
          <ul class="map-row" key={index}>
            {row.map((place) => {
              const component = place.kind === 'box' ? byId.get(place.id) : undefined
              if (!component) return <li key={keyOfPlace(place)} class="map-gap" data-place={keyOfPlace(place)} aria-hidden="true" />
              return (
                <ComponentCard
                  key={component.id}
                  component={component}
                  compact={compact}
                  onLight={(on) => setLit(on ? component.id : null)}
                />
              )
            })}
          </ul>
        ))}
      </div>
    </section>
  )
}

/** Pixels of a card by the columns of its tiles; the same as in map.css. */
const cardWidths = { 1: 184, 2: 332, 3: 480 } as const

function useWidth(host: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(Number.POSITIVE_INFINITY)
  useLayoutEffect(() => {
    if (!host.current) return
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width))
    observer.observe(host.current)
    return () => observer.disconnect()
  }, [host])
  return width
}

/** Where the map will be, while it is read. */
export const MapSkeleton = () => (
  <div class="map skeleton" aria-hidden="true">
    {[2, 3, 1].map((boxes, row) => (
      <div class="map-row" key={row}>
        {Array.from({ length: boxes }, (_, box) => (
          <span class="skeleton-box" key={box} />
        ))}
      </div>
    ))}
  </div>
)
