import { useEffect, useId, useState } from 'preact/hooks';
import { longestSidePx, samplePhoto, shrink } from './photo.ts';

/** A photo from the camera, shown before it is sent. */
export function PhotoField(props: {
  label: string;
  photo: Blob | null;
  onChange: (photo: Blob | null) => void;
  /** What is in the picture: a paper may have been photographed before. */
  of?: 'photo' | 'paper';
  /** Where the demo runs, a drawn photo may stand in for a camera. */
  offersSample: boolean;
}) {
  const { label, photo, onChange, offersSample, of = 'photo' } = props;
  const id = useId();
  const [problem, setProblem] = useState('');
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!photo) return setUrl(null);
    const made = URL.createObjectURL(photo);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [photo]);

  const take = async (making: Promise<Blob>) => {
    try {
      onChange(await making);
      setProblem('');
    } catch (error) {
      setProblem((error as Error).message);
    }
  };

  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="file"
        accept="image/*"
        {...(of === 'photo' && { capture: 'environment' as const })}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) void take(shrink(file, longestSidePx[of]));
        }}
      />
      {offersSample && !photo && (
        <button type="button" onClick={() => void take(samplePhoto('Sample photo'))}>
          No camera? Use a sample photo
        </button>
      )}
      {url && <img class="preview" src={url} alt="What you took" />}
      {problem && (
        <p class="late" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
