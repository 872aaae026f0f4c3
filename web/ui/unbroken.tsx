/** Words whose figures in brackets stay on one line: "(-€1,530)" must not end a line after its sign. */
export function Unbroken({ words }: { words: string }) {
  return words.split(/(\([^)]*\))/).map((part, place) =>
    part.startsWith('(') ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one sentence have no other name
      <span className="whitespace-nowrap" key={place}>
        {part}
      </span>
    ) : (
      part
    ),
  )
}
