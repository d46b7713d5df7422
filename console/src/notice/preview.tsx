import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { viewExhibit, type Exhibit } from '../casework-api';
import { fill, plural, t } from '../texts';
import { reasonOf } from '../wire';

/** What a browser shows as a picture without running anything. */
const PICTURES = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;

interface Props {
  readonly exhibit: Exhibit;
  readonly why: string;
  readonly mayLook: boolean;
}

interface Look {
  readonly url: string | null;
  readonly isOpening: boolean;
  readonly looks: number;
  readonly failed: string | null;
}

/**
 * Nothing of a file is fetched before somebody holds: then it is shown in greyscale while they do, blurred afterwards. The
 * service records each look before the first byte leaves, so each hold asks it again.
 */
function useLook({ exhibit, why }: Pick<Props, 'exhibit' | 'why'>) {
  const [look, setLook] = useState<Look>({ url: null, isOpening: false, looks: 0, failed: null });
  const [isHeld, setHeld] = useState(false);
  const url = useRef<string | null>(null);
  const turn = useRef(0);
  const replace = (next: string | null): void => {
    if (url.current) URL.revokeObjectURL(url.current);
    url.current = next;
  };
  useEffect(() => () => replace(null), []);
  const begin = async (): Promise<void> => {
    const mine = ++turn.current;
    setHeld(true);
    setLook((before) => ({ ...before, isOpening: true, failed: null }));
    try {
      const bytes = await viewExhibit(exhibit.id, why);
      if (mine !== turn.current && url.current !== null) return;
      replace(URL.createObjectURL(new Blob([bytes], { type: exhibit.type })));
      setLook(({ looks }) => ({ url: url.current, isOpening: false, looks: looks + 1, failed: null }));
    } catch (error) {
      setLook((before) => ({ ...before, isOpening: false, failed: reasonOf(error, t.shell.unreachable) }));
    }
  };
  const end = (): void => setHeld(false);
  return { look, isHeld, begin, end };
}

export function Preview({ exhibit, why, mayLook }: Props) {
  const { look, isHeld, begin, end } = useLook({ exhibit, why });
  const isPicture = PICTURES.test(exhibit.type);
  const press = (event: KeyboardEvent): void => {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    if (!event.repeat && !isHeld) void begin();
  };
  return (
    <li className="preview">
      <div className="preview-frame">
        {look.url === null ? (
          <span>{fill(isPicture ? t.preview.hidden : t.preview.notHere, { type: exhibit.type })}</span>
        ) : (
          <img
            src={look.url}
            alt={fill(t.preview.picture, { no: exhibit.exhibitNo })}
            className={isHeld && !look.isOpening ? 'shown' : 'blurred'}
            draggable={false}
          />
        )}
      </div>
      <small>
        <bdi>{exhibit.exhibitNo}</bdi> · <bdi>{exhibit.fileName}</bdi>
      </small>
      {isPicture && (
        <button
          type="button"
          disabled={!mayLook}
          onPointerDown={() => void begin()}
          onPointerUp={end}
          onPointerLeave={end}
          onPointerCancel={end}
          onKeyDown={press}
          onKeyUp={end}
          onBlur={end}
          onContextMenu={(event) => event.preventDefault()}
        >
          {look.isOpening ? t.preview.holding : t.preview.hold}
        </button>
      )}
      <small role="status">
        {look.failed === null
          ? look.looks > 0 && plural(t.preview.looks, look.looks)
          : fill(t.preview.failed, { why: look.failed })}
      </small>
    </li>
  );
}
