import { useCallback, useState } from 'preact/hooks'
import type { Run } from '../api/client.ts'
import { Icon } from './icons.tsx'
import { problemText } from './problem.ts'
import { useTime, useUi } from './ui.ts'

/** A run that waits for a person: until when, and two buttons. Its plan stands beside it. */
export function Approval({ run }: { run: Run }) {
  const { say, times, orders } = useUi()
  const now = useTime()
  const [declining, setDeclining] = useState(false)
  const [reason, setReason] = useState('')
  const [state, setState] = useState<{ busy: boolean; problem: string | null }>({ busy: false, problem: null })
  const focus = useCallback((field: HTMLInputElement | null) => field?.focus(), [])
  const answer = async (word: 'approve' | 'decline') => {
    setState({ busy: true, problem: null })
    const answered = await (word === 'approve' ? orders.approve(run.id) : orders.decline(run.id, reason.trim()))
    setState({ busy: false, problem: answered.ok ? null : problemText(say, answered) })
  }
  const decline = (event: SubmitEvent) => {
    event.preventDefault()
    void answer('decline')
  }
  return (
    <section class="approval" aria-label={say('approval.title')}>
      <p>
        <Icon name="person" /> <b>{say('approval.title')}</b>{' '}
        {run.waitsUntil && <span class="quiet">{say('approval.until', { time: times.at(run.waitsUntil, now) })}</span>}
      </p>
      {declining ? (
        <form onSubmit={decline}>
          <label for={`decline-${run.id}`}>{say('approval.why')}</label>
          <input
            id={`decline-${run.id}`}
            ref={focus}
            required
            maxLength={500}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
          <div class="buttons">
            <button type="button" class="button" onClick={() => setDeclining(false)}>
              {say('act.cancel')}
            </button>
            <button type="submit" class="button strong-bad" disabled={state.busy || reason.trim() === ''}>
              {say('approval.decline')}
            </button>
          </div>
        </form>
      ) : (
        <div class="buttons">
          <button type="button" class="button" disabled={state.busy} onClick={() => setDeclining(true)}>
            {say('approval.decline')}
          </button>
          <button type="button" class="button strong" disabled={state.busy} onClick={() => void answer('approve')}>
            {say('approval.approve')}
          </button>
        </div>
      )}
      {state.problem && (
        <p class="problem" role="alert">
          {state.problem}
        </p>
      )}
    </section>
  )
}
