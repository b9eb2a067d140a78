import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { Icon } from './icons.tsx'
import { useUi } from './ui.ts'

/** The browser's own modal: it keeps the focus inside, closes on Escape and on a press beside it, and gives the focus back. */
export function Dialog({
  title,
  kind,
  onClose,
  children,
}: {
  title: ComponentChildren
  kind: 'sheet' | 'question'
  onClose(): void
  children: ComponentChildren
}) {
  const { say } = useUi()
  // One question may stand above a sheet.
  const titleId = useId()
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    ref.current?.showModal()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog ref={ref} class={kind} aria-labelledby={titleId} onClose={onClose} {...({ closedby: 'any' } as object)}>
      <div class="dialog-body">
        <header>
          <h2 id={titleId}>{title}</h2>
          <button type="button" class="plain" aria-label={say('sheet.close')} onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
