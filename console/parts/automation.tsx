import { useState } from 'preact/hooks'
import { nameOf } from '../words/words.ts'
import { Dialog } from './dialog.tsx'
import { problemText } from './problem.ts'
import { useTime, useUi } from './ui.ts'

/** Asks once, tells what it means, and wants a reason only from those who have one. */
export function AutomationQuestion({ scope, onClose }: { scope: string; onClose(): void }) {
  const { board, say, times, orders } = useUi()
  const now = useTime()
  const current = board.switches.find((one) => one.scope === scope)
  // Decided when it was asked: a change by somebody else meanwhile must not turn the question around under the finger.
  const [turnOff] = useState(!current?.off)
  const [reason, setReason] = useState('')
  const [state, setState] = useState<{ busy: boolean; problem: string | null }>({ busy: false, problem: null })
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setState({ busy: true, problem: null })
    const answer = await orders.automation(scope, turnOff, reason.trim() || say('auto.reasonHint'))
    if (answer.ok) onClose()
    else setState({ busy: false, problem: problemText(say, answer) })
  }
  const global = scope === 'global'
  const title = global
    ? say(turnOff ? 'auto.offAsk' : 'auto.onAsk')
    : say(turnOff ? 'auto.offScope' : 'auto.onScope', { name: nameOf(scope) })
  return (
    <Dialog title={title} kind="question" onClose={onClose}>
      <form onSubmit={submit}>
        <p>{say(turnOff ? 'auto.offText' : 'auto.onText')}</p>
        {current?.off && (
          <p class="quiet">{say('auto.offSince', { time: times.at(current.at, now), name: current.by, reason: current.reason })}</p>
        )}
        {current?.off && current.until && <p class="quiet">{say('auto.until', { time: times.at(current.until, now) })}</p>}
        <label for="switch-reason">{say('auto.reason')}</label>
        <input
          id="switch-reason"
          autoFocus
          maxLength={500}
          placeholder={say('auto.reasonHint')}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
        {state.problem && (
          <p class="problem" role="alert">
            {state.problem}
          </p>
        )}
        <div class="buttons">
          <button type="button" class="button" onClick={onClose}>
            {say('act.cancel')}
          </button>
          <button type="submit" class={`button ${turnOff ? 'strong-bad' : 'strong'}`} disabled={state.busy}>
            {say(turnOff ? 'auto.offDo' : 'auto.onDo')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
