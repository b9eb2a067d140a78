import { useState } from 'preact/hooks'
import type { WordKey } from '../words/words.ts'
import { useUi } from './ui.ts'

export function SignIn() {
  const { board, say, orders } = useUi()
  const [token, setToken] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<WordKey | null>(null)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    const answer = await orders.signIn(token.trim())
    setBusy(false)
    if (!answer.ok) setProblem(answer.status === 0 ? 'sign.gone' : 'sign.bad')
  }
  const note = problem ?? board.sessionNote
  return (
    <main class="sign-in">
      <form onSubmit={submit}>
        <h1>{say('sign.title')}</h1>
        <p>{say('sign.text')}</p>
        <pre>
          <code>cat .jidoka/token</code>
        </pre>
        <label for="token">{say('sign.token')}</label>
        {/* A password field, so that a passer-by does not read it; autocomplete off, so that no browser keeps it. */}
        <input
          id="token"
          type="password"
          autoComplete="off"
          spellcheck={false}
          required
          aria-describedby="sign-note sign-kept"
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <p id="sign-note" class={note ? 'problem' : 'sr-only'} role="alert">
          {note && say(note)}
        </p>
        <button type="submit" class="button strong" disabled={busy}>
          {say(busy ? 'sign.doing' : 'sign.do')}
        </button>
        <p id="sign-kept" class="quiet">
          {say('sign.kept')}
        </p>
      </form>
      <p class="tagline">{say('tagline')}</p>
    </main>
  )
}
