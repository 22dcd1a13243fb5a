# docker build -t cxr-labeler .
# docker run --rm --network none --user "$(id -u):$(id -g)" -v "$PWD:/data" cxr-labeler label reports -o labels.csv

FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY labeler labeler
COPY phrases phrases
RUN pip wheel --no-cache-dir --wheel-dir /wheels ".[parquet,eval]"

FROM python:3.13-slim
# Nothing is fetched here: every package comes from the first stage.
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels "cxr-labeler[parquet,eval]" \
    && useradd --uid 1000 --create-home labeler
# Matplotlib wants a folder it may write to, whichever user the container runs as.
ENV MPLCONFIGDIR=/tmp
USER labeler
WORKDIR /data
ENTRYPOINT ["labeler"]
CMD ["--help"]
