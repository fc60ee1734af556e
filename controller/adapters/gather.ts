/**
 * A question about one thing, where AWS answers for many at once: whoever asks in the same moment is
 * answered together. `answer` gets every key once.
 */
export function gather<Answer>(
  answer: (keys: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
): (key: string) => Promise<Answer | undefined> {
  let asked: { keys: Set<string>; answers: Promise<ReadonlyMap<string, Answer>> } | undefined;
  return async (key) => {
    asked ??= begin();
    asked.keys.add(key);
    return (await asked.answers).get(key);
  };

  function begin() {
    const keys = new Set<string>();
    const answers = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      asked = undefined;
      return answer([...keys]);
    });
    return { keys, answers };
  }
}
