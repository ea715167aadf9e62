# Sourced by ./run: the lecture's own texts, into data/lecture/, where the programs look for them.

# A line each: the file, where the lecture has it, its sha256.
lecture_files() {
  local origin=https://raw.githubusercontent.com/karpathy
  echo "names.txt $origin/makemore/master/names.txt" \
    0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d
  echo "tinyshakespeare.txt $origin/char-rnn/master/data/tinyshakespeare/input.txt" \
    86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed
}

sha256_of() { sha256sum <"$1" | cut -d ' ' -f 1; }

# download URL FILE: says why it could not, in one line.
download() {
  if command -v curl >/dev/null; then
    curl -fsSL --connect-timeout 20 --speed-limit 1 --speed-time 60 -o "$2" "$1" 2>&1 | tail -n 1
  else
    wget -nv --tries 2 --timeout 60 -O "$2" "$1" 2>&1 >/dev/null | tail -n 1
  fi
}

# fetch_file FILE URL SHA256: whole and right, or not at all.
fetch_file() {
  local file=$root/data/lecture/$1 url=$2 why sha256
  if [[ -f $file && $(sha256_of "$file") == "$3" ]]; then
    echo "data/lecture/$1 is there"
    return
  fi
  mkdir -p "$root/data/lecture"
  fetched=$(mktemp "$root/data/lecture/.$1.XXXXXX")
  note "fetching $url..."
  why=$(download "$url" "$fetched") || die "cannot fetch $url: ${why:-nothing came}"
  note ''
  sha256=$(sha256_of "$fetched")
  [[ $sha256 == "$3" ]] || die "$url is not the lecture's file: its sha256 is $sha256, and $3 is right"
  chmod 644 "$fetched"
  mv -f "$fetched" "$file"
  echo "data/lecture/$1 fetched"
}

drop_what_is_half() {
  rm -f "${fetched-}"
  rmdir "$root/data/lecture" 2>/dev/null || true
}

fetch_data() {
  local file url sha256
  command -v curl >/dev/null || command -v wget >/dev/null || need curl
  trap drop_what_is_half EXIT
  while read -r file url sha256; do
    [[ -z ${LIBTENSOR_DATA_URL-} ]] || url=${LIBTENSOR_DATA_URL%/}/$file
    fetch_file "$file" "$url" "$sha256"
  done < <(lecture_files)
}
