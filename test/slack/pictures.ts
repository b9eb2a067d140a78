/**
 * The pictures of the docs, made anew when the looks change. They need a Chromium (CHROMIUM, else /usr/bin/chromium).
 *
 *     node test/slack/pictures.ts [FOLDER] andon     docs/slack.md
 *     node test/slack/pictures.ts [FOLDER] duty      docs/duty.md; needs JIDOKA_MOTO too, see test/aws/world/main.ts
 */
if (process.argv.includes('duty')) await import('./pictures-duty.ts')
else await import('./pictures-andon.ts')
