/** The addresses of the running service, and commands that can be pasted into bash. */
export const banner = ({ url, functionsUrl, firestoreUrl, subscription, projectId, schedules }) => `
Tweet Capture is running.

  Site        ${url}/   (API reference: ${url}/docs/)
  API         ${url}/api   (health: ${url}/api/health)
  Functions   ${functionsUrl}/${projectId}/
  Firestore   ${firestoreUrl}
  Pub/Sub     ${subscription}
  Schedules   ${schedules.join(', ') || 'none'}

Paste this into another terminal to register, capture a tweet, and print the message that was published:

  TOKEN=$(curl -sS ${url}/api/auth/register -H 'Content-Type: application/json' \\
    -d '{"email":"me'$RANDOM'@example.com","password":"Correct-Horse-1"}' \\
    | sed 's/.*"accessToken": *"\\([^"]*\\)".*/\\1/')
  curl -sS ${url}/api/tweets/capture -H "Authorization: Bearer $TOKEN" \\
    -H 'Content-Type: application/json' -H 'Prefer: wait=5' \\
    -d '{"tweetId":"1234567890123456789","tweetText":"Hello 🌍","authorUsername":"alice"}'; echo
  curl -sS ${subscription}:pull \\
    -H 'Content-Type: application/json' -d '{"maxMessages":10}' | grep -o '"data": *"[^"]*"' | cut -d'"' -f4 \\
    | while read -r DATA; do echo "$DATA" | base64 --decode; echo; done

The logs of the functions follow. Ctrl-C stops everything.
`;
