# docker build -t cxr-labeler .
# docker run --rm --network none --user "$(id -u):$(id -g)" -v "$PWD:/data" cxr-labeler label reports -o labels.csv

FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY labeler labeler
COPY phrases phrases
# The recorded versions, without their sums: pip checks these only if everything has one, which the package has not.
RUN sed -n 's/^\([a-zA-Z0-9][^\\]*==[^\\]*\)\\$/\1/p' constraints.txt >versions.txt
RUN pip wheel --no-cache-dir --wheel-dir /wheels --constraint versions.txt ".[parquet,eval]"

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
