import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'

/** Details that are made only when somebody looks. */
export function Fold({
  title,
  count,
  first = false,
  children,
}: {
  title: string
  count?: number
  first?: boolean
  children(): ComponentChildren
}) {
  const [open, setOpen] = useState(first)
  return (
    <details class="more" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {title} {count !== undefined && <span class="count">{count}</span>}
      </summary>
      {open && children()}
    </details>
  )
}
